import { describe, expect, it } from '@jest/globals'
import type { Service } from '../../../api/core/service.ts'
import type { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import type { Action, Match } from '../proxy/proxy-model.ts'
import type {
  BackendRef,
  Gateway,
  GatewayClass,
  GatewayListener,
  HttpRoute,
  HttpRouteRule,
  ReferenceGrant,
  TcpRoute,
} from './gateway-types.ts'
import type { GatewayView } from './gateway-view.ts'
import { servedNames } from './hostnames.ts'
import { planGateways } from './plan-gateways.ts'
import { planServices } from './gateway-services.ts'

const names = ['a', 'b', 'c', 'empty']
const service = (_: string, name: string) =>
  names.includes(name)
    ? ({ spec: { clusterIP: `10.96.0.${names.indexOf(name)}`, ports: [{ port: 80 }] } } as unknown as Service)
    : undefined
const slices = (_: string, name: string) =>
  [
    { addressType: 'IPv4', ports: [{ name: '', port: 8080 }], endpoints: name === 'empty' ? [] : [{ addresses: ['10.244.0.1'] }] },
  ] as unknown as EndpointSlice[]

const meta = (name: string, namespace?: string, second = 0) => ({
  name,
  ...(namespace ? { namespace } : {}),
  generation: 3,
  creationTimestamp: `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`,
})
const classOf = (name: string, controllerName = 'kubeling.io/gateway-controller') =>
  ({ metadata: meta(name), spec: { controllerName } }) as GatewayClass
const http: GatewayListener = { name: 'http', port: 80, protocol: 'HTTP' }
const gateway = (listeners: GatewayListener[] = [http], gatewayClassName = 'ours') =>
  ({ metadata: meta('gw', 'default'), spec: { gatewayClassName, listeners } }) as unknown as Gateway
const backend = (name: string, more: Partial<BackendRef> = {}): BackendRef => ({ name, port: 80, ...more })
const route = (name: string, spec: Partial<HttpRoute['spec']>, { namespace = 'default', second = 0 } = {}) =>
  ({ metadata: meta(name, namespace, second), spec: { parentRefs: [{ name: 'gw', namespace: 'default' }], ...spec } }) as HttpRoute
const path = (value: string, to: string, more: Partial<HttpRouteRule> = {}): HttpRouteRule => ({
  matches: [{ path: { type: 'PathPrefix', value } }],
  backendRefs: [backend(to)],
  ...more,
})

const view = (more: Partial<GatewayView>): GatewayView => ({
  ...{ service, slices, classes: [classOf('ours')], gateways: [gateway()], httpRoutes: [], tcpRoutes: [], grants: [] },
  namespaces: new Map([
    ['default', {}],
    ['other', { team: 'b' }],
  ]),
  secret: () => undefined,
  portOf: (_, port) => 20_000 + port,
  addressesOf: () => [{ type: 'IPAddress', value: '10.96.1.1' }],
  ...more,
})
const plan = (more: Partial<GatewayView>) => planGateways(view(more))
const say = (action: Action) => {
  if (action.type === 'Redirect') return `${action.code} ${action.scheme ?? ''}://${action.host ?? ''}:${action.port ?? ''}`
  if (action.type === 'Answer') return String(action.code)
  return action.servers.map(({ to, weight }) => `${names[Number(/^10\.96\.0\.(\d)/.exec(String(to))?.[1])] ?? to}*${weight}`).join(' ')
}
const where = ({ host, path, method, headers = [] }: Match) =>
  [method, host && `${host.type === 'Suffix' ? '*.' : ''}${host.value}`, path?.value, ...headers.map(({ name }) => name)]
    .filter(Boolean)
    .join(' ')
const routes = (more: Partial<GatewayView>) =>
  plan(more).listeners.flatMap(listener => listener.routes.map(({ match, action }) => `${where(match)}: ${say(action)}`))
const short = (conditions: readonly { type: string; status: string; reason: string }[] = []) =>
  Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]))
/** What a route is told by its one Gateway. */
const told = (more: Partial<GatewayView>) => short(plan(more).httpRoutes[0]?.parents[0]?.conditions)
const attached = (more: Partial<GatewayView>) => plan(more).gateways[0]?.status.listeners?.map(({ attachedRoutes }) => attachedRoutes)
const fine = { Accepted: 'True Accepted', ResolvedRefs: 'True ResolvedRefs' }

describe('Gateways', () => {
  it('are those of our classes, and everything that belongs to them says what was seen', () => {
    const mine = gateway()
    const theirs = gateway([http], 'theirs')
    const httpRoutes = [route('r', { rules: [path('/', 'a')] })]
    const result = plan({ classes: [classOf('ours'), classOf('theirs', 'example.com/x')], gateways: [mine, theirs], httpRoutes })
    expect(result.classes.map(({ object, status }) => [object.metadata.name, short(status.conditions)])).toEqual([
      ['ours', { Accepted: 'True Accepted' }],
    ])
    expect(result.gateways).toHaveLength(1)
    const { status } = result.gateways[0] ?? {}
    expect(short(status?.conditions)).toEqual({ Accepted: 'True Accepted', Programmed: 'True Programmed' })
    expect(status?.conditions?.every(({ observedGeneration }) => observedGeneration === 3)).toBe(true)
    expect(status?.addresses).toEqual([{ type: 'IPAddress', value: '10.96.1.1' }])
    expect(status?.listeners?.[0]).toMatchObject({
      name: 'http',
      attachedRoutes: 1,
      supportedKinds: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }],
    })
    expect(short(status?.listeners?.[0]?.conditions)).toEqual({ ...fine, Programmed: 'True Programmed', Conflicted: 'False NoConflicts' })
    expect(told({ httpRoutes })).toEqual(fine)
    expect(routes({ httpRoutes })).toEqual(['/: a*1'])
  })

  it.each<[string, GatewayListener[], string, string]>([
    ['a protocol that is not known', [{ ...http, protocol: 'UDP' }], 'Accepted', 'False UnsupportedProtocol'],
    ['HTTPS without a certificate', [{ ...http, protocol: 'HTTPS' }], 'ResolvedRefs', 'False InvalidCertificateRef'],
    [
      'a certificate that is not there',
      [{ ...http, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'x' }] } }],
      'ResolvedRefs',
      'False InvalidCertificateRef',
    ],
    [
      'a certificate of others',
      [{ ...http, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'x', namespace: 'other' }] } }],
      'ResolvedRefs',
      'False RefNotPermitted',
    ],
    [
      'kinds that are not served',
      [{ ...http, allowedRoutes: { kinds: [{ kind: 'GRPCRoute' }] } }],
      'ResolvedRefs',
      'False InvalidRouteKinds',
    ],
    ['two protocols on one port', [http, { ...http, name: 'tcp', protocol: 'TCP' }], 'Conflicted', 'True ProtocolConflict'],
    ['one host twice', [http, { ...http, name: 'again' }], 'Conflicted', 'True HostnameConflict'],
  ])('are told of %s', (_, listeners, type, words) => {
    const { status } = plan({ gateways: [gateway(listeners)] }).gateways[0] ?? {}
    expect(short(status?.listeners?.[0]?.conditions)[type]).toBe(words)
    if (type !== 'ResolvedRefs' || listeners[0]?.protocol === 'HTTPS')
      expect(short(status?.conditions)).toEqual({ Accepted: 'False ListenersNotValid', Programmed: 'False Invalid' })
  })

  it('are told when they have no address yet', () => {
    const { status } = plan({ addressesOf: () => [] }).gateways[0] ?? {}
    expect(short(status?.conditions)['Programmed']).toBe('False AddressNotAssigned')
  })
})

describe('routes', () => {
  const two = [
    { ...http, name: 'one', hostname: 'one.test' },
    { ...http, name: 'all', hostname: '*.test' },
  ]
  it.each<[string, HttpRoute, GatewayListener[], string, number[]]>([
    ['all listeners', route('r', {}), two, 'True Accepted', [1, 1]],
    ['one by its name', route('r', { parentRefs: [{ name: 'gw', sectionName: 'all' }] }), two, 'True Accepted', [0, 1]],
    [
      'none by a name that there is not',
      route('r', { parentRefs: [{ name: 'gw', sectionName: 'x' }] }),
      two,
      'False NoMatchingParent',
      [0, 0],
    ],
    ['none by a port that there is not', route('r', { parentRefs: [{ name: 'gw', port: 81 }] }), two, 'False NoMatchingParent', [0, 0]],
    ['those with a host in common', route('r', { hostnames: ['x.test'] }), two, 'True Accepted', [0, 1]],
    ['none without', route('r', { hostnames: ['x.other'] }), two, 'False NoMatchingListenerHostname', [0, 0]],
    ['none of another namespace', route('r', {}, { namespace: 'other' }), [http], 'False NotAllowedByListeners', [0]],
    [
      'one that is for all namespaces',
      route('r', {}, { namespace: 'other' }),
      [{ ...http, allowedRoutes: { namespaces: { from: 'All' } } }],
      'True Accepted',
      [1],
    ],
    [
      'one that chooses namespaces',
      route('r', {}, { namespace: 'other' }),
      [{ ...http, allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: { team: 'b' } } } } }],
      'True Accepted',
      [1],
    ],
    [
      'none for other kinds',
      route('r', {}),
      [{ ...http, allowedRoutes: { kinds: [{ kind: 'TCPRoute' }] } }],
      'False NotAllowedByListeners',
      [0],
    ],
  ])('come to %s', (_, object, listeners, accepted, counts) => {
    const seen = { gateways: [gateway(listeners)], httpRoutes: [object] }
    expect(told(seen)['Accepted']).toBe(accepted)
    expect(attached(seen)).toEqual(counts)
  })

  it.each<[string | undefined, string[], (string | undefined)[]]>([
    [undefined, [], [undefined]],
    [undefined, ['a.test'], ['a.test']],
    ['a.test', [], ['a.test']],
    ['a.test', ['a.test', 'b.test', '*.test'], ['a.test', 'a.test']],
    ['*.test', ['a.test', 'b.a.test', 'test', '*.a.test', 'a.other'], ['a.test', 'b.a.test', '*.a.test']],
    ['*.a.test', ['*.test'], ['*.a.test']],
  ])('are served by %s under what is common with %s', (listener, hostnames, common) => {
    expect(servedNames(listener, hostnames)).toEqual(common)
  })

  it('are tried in the order of the specification', () => {
    const rules: HttpRouteRule[] = [
      path('/', 'a'),
      path('/long', 'a'),
      { matches: [{ path: { type: 'Exact', value: '/x' } }], backendRefs: [backend('a')] },
      { matches: [{ path: { type: 'PathPrefix', value: '/long' }, method: 'GET' }], backendRefs: [backend('a')] },
      { matches: [{ path: { type: 'PathPrefix', value: '/long' }, headers: [{ name: 'H', value: 'v' }] }], backendRefs: [backend('a')] },
    ]
    const httpRoutes = [
      route('young', { rules: [path('/', 'b')] }, { second: 9 }),
      route('old', { rules }, { second: 1 }),
      route('named', { hostnames: ['*.test', 'a.test'], rules: [path('/', 'c')] }, { second: 5 }),
    ]
    expect(routes({ httpRoutes })).toEqual([
      'a.test /: c*1',
      '*.test /: c*1',
      '/x: a*1',
      'GET /long: a*1',
      '/long h: a*1',
      '/long: a*1',
      '/: a*1',
      '/: b*1',
    ])
  })

  it('of one listener do not get what is another one’s', () => {
    const httpRoutes = [route('r', { parentRefs: [{ name: 'gw', sectionName: 'all' }], rules: [path('/', 'a')] })]
    expect(routes({ gateways: [gateway(two)], httpRoutes })).toEqual(['one.test: 404', '*.test /: a*1', '*.test: 404'])
  })

  it.each<[string, HttpRouteRule, string, string]>([
    ['share by weight', { backendRefs: [backend('a', { weight: 9 }), backend('b')] }, 'a*9 b*1', 'True ResolvedRefs'],
    ['answer 500 for the share of nobody', { backendRefs: [backend('a'), backend('none')] }, 'a*1 500*1', 'False BackendNotFound'],
    ['answer 503 for the share of a Service without pods', { backendRefs: [backend('empty')] }, '503*1', 'True ResolvedRefs'],
    ['answer 500 without backends', {}, '500*1', 'True ResolvedRefs'],
    ['refuse other kinds', { backendRefs: [backend('a', { kind: 'Bucket' })] }, '500*1', 'False InvalidKind'],
    ['refuse other namespaces', { backendRefs: [backend('a', { namespace: 'other' })] }, '500*1', 'False RefNotPermitted'],
  ])('%s', (_, rule, servers, resolved) => {
    const httpRoutes = [route('r', { rules: [rule] })]
    expect(routes({ httpRoutes })).toEqual([`/: ${servers}`])
    expect(told({ httpRoutes })['ResolvedRefs']).toBe(resolved)
  })

  it('may refer to other namespaces where these grant it', () => {
    const grants = [
      {
        metadata: meta('g', 'other'),
        spec: {
          from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'default' }],
          to: [{ group: '', kind: 'Service', name: 'a' }],
        },
      },
    ] as unknown as ReferenceGrant[]
    const rules = [{ backendRefs: [backend('a', { namespace: 'other' }), backend('b', { namespace: 'other' })] }]
    expect(routes({ httpRoutes: [route('r', { rules })], grants })).toEqual(['/: a*1 500*1'])
  })

  it('redirect, rewrite and change headers', () => {
    const rules: HttpRouteRule[] = [
      path('/r', 'a', { filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }),
      path('/s', 'a', { filters: [{ type: 'RequestRedirect', requestRedirect: { hostname: 'b.test', port: 8443 } }] }),
      path('/w', 'a', {
        filters: [
          { type: 'URLRewrite', urlRewrite: { hostname: 'c.test', path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/new' } } },
          { type: 'RequestHeaderModifier', requestHeaderModifier: { add: [{ name: 'x', value: 'y' }] } },
        ],
      }),
    ]
    const [{ routes: all = [] } = {}] = plan({ httpRoutes: [route('r', { rules })] }).listeners
    expect(all.map(({ action }) => (action.type === 'Forward' ? action.filters : say(action)))).toEqual([
      '301 https://:',
      '302 ://b.test:8443',
      [
        { type: 'Host', value: 'c.test' },
        { type: 'ReplacePrefix', pattern: '/w', value: '/new' },
        { type: 'RequestHeaders', set: [], add: [{ name: 'x', value: 'y' }], remove: [] },
      ],
    ])
  })

  it('are refused as a whole where they ask for what is not served', () => {
    const httpRoutes = [route('r', { rules: [path('/', 'a', { filters: [{ type: 'RequestMirror' }] })] })]
    expect(told({ httpRoutes })['Accepted']).toBe('False UnsupportedValue')
    expect(routes({ httpRoutes })).toEqual([])
  })

  it('of TCP take a whole listener', () => {
    const tcp = {
      metadata: meta('t', 'default'),
      spec: { parentRefs: [{ name: 'gw' }], rules: [{ backendRefs: [backend('a'), backend('none')] }] },
    } as unknown as TcpRoute
    const seen = { gateways: [gateway([{ name: 'tcp', port: 9000, protocol: 'TCP' }])], tcpRoutes: [tcp] }
    expect(plan(seen).listeners).toMatchObject([
      { name: 'gateway-29000', port: 29000, protocol: 'TCP', routes: [{ action: { servers: [{ to: '10.96.0.0:80', weight: 1 }] } }] },
    ])
    expect(attached(seen)).toEqual([1])
    expect(short(plan(seen).tcpRoutes[0]?.parents[0]?.conditions)).toEqual({
      Accepted: 'True Accepted',
      ResolvedRefs: 'False BackendNotFound',
    })
  })
})

describe('the Services of Gateways', () => {
  it('have a port of the proxy for each of theirs, which stays', () => {
    const first = gateway([http, { ...http, name: 'https', port: 443 }, { ...http, name: 'more' }])
    const [made] = planServices([first], []).services
    expect(made?.ports.map(({ port, targetPort }) => [port, targetPort])).toEqual([
      [80, 20_000],
      [443, 20_001],
    ])
    const current = { metadata: { name: made?.name }, spec: { ports: [{ port: 443, targetPort: 20_001, nodePort: 30_001 }] } } as Service
    const older = { ...gateway(), metadata: { ...meta('older', 'default') } } as Gateway
    const next = planServices([older, first], [current, { metadata: { name: 'gone' }, spec: {} } as Service])
    expect(next.services.map(({ ports }) => ports.map(({ targetPort }) => targetPort))).toEqual([[20_000], [20_002, 20_001]])
    expect(next.services[1]?.ports[1]?.nodePort).toBe(30_001)
    expect(next.surplus.map(({ metadata }) => metadata.name)).toEqual(['gone'])
  })
})
