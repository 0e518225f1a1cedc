import { beforeAll, describe, expect, it } from '@jest/globals'
import type { Secret } from '../../../api/core/secret.ts'
import type { Service } from '../../../api/core/service.ts'
import type { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import type { IngressClass } from '../../../api/networking/ingress-class.ts'
import type { Ingress } from '../../../api/networking/ingress.ts'
import { createAuthority, issueCertificate } from '../../../common/certificates.ts'
import type { Action, Listener, Match } from '../proxy/proxy-model.ts'
import { servedIngresses } from './ingress-class.ts'
import { ingressListeners } from './ingress-listeners.ts'

const names = ['a', 'b', 'c', 'd']
const service = (namespace: string, name: string) =>
  names.includes(name) && namespace === 'default'
    ? ({ spec: { clusterIP: `10.96.0.${names.indexOf(name) + 1}`, ports: [{ name: 'http', port: 80 }] } } as unknown as Service)
    : undefined
const slices = (_: string, name: string) =>
  [
    { addressType: 'IPv4', ports: [{ name: 'http', port: 8080 }], endpoints: name === 'd' ? [] : [{ addresses: ['10.244.0.1'] }] },
  ] as unknown as EndpointSlice[]
const to = (name: string) => ({ service: { name, port: { number: 80 } } })

let secrets: Record<string, Secret> = {}
beforeAll(async () => {
  const authority = await createAuthority('test')
  const pair = async (host: string) => {
    const { cert, key } = await issueCertificate(authority, { commonName: host, names: [host], usages: ['server'] })
    return { 'tls.crt': Buffer.from(cert).toString('base64'), 'tls.key': Buffer.from(key).toString('base64') }
  }
  const [one, two] = [await pair('one.test'), await pair('two.test')]
  secrets = { one: { data: one }, two: { data: two }, mixed: { data: { ...one, 'tls.key': two['tls.key'] } }, empty: { data: {} } } as never
})

let made = 0
type Rules = Record<string, Record<string, string>>
/** Hosts to paths to services; a path is `Exact /a`, `Prefix /a`, … */
function ingress(
  name: string,
  hosts: Rules,
  { annotations = {}, ...spec }: Partial<Ingress['spec']> & { annotations?: Record<string, string> } = {},
): Ingress {
  const rules = Object.entries(hosts).map(([host, paths]) => ({
    ...(host ? { host } : {}),
    http: {
      paths: Object.entries(paths).map(([text, backend]) => {
        const [pathType = '', path = ''] = text.split(' ')
        return { pathType, path, backend: to(backend) }
      }),
    },
  }))
  const creationTimestamp = `2026-01-01T00:00:${String(made++ % 60).padStart(2, '0')}Z`
  return {
    metadata: { name, namespace: 'default', creationTimestamp, annotations },
    spec: { rules, ...spec },
    status: { loadBalancer: {} },
  } as unknown as Ingress
}
const build = (...ingresses: Ingress[]) =>
  ingressListeners(ingresses, { service, slices, secret: (_, name) => secrets[name], fallbackCertificate: { pem: 'fallback' } })

function holds({ host, path }: Match, asked: { host: string; path: string }): boolean {
  const isHost = !host || (host.type === 'Exact' ? asked.host === host.value : new RegExp(`^[^.]+\\.${host.value}$`).test(asked.host))
  const isPath =
    !path ||
    (path.type === 'Exact' && asked.path === path.value) ||
    (path.type === 'Beginning' && asked.path.startsWith(path.value)) ||
    (path.type === 'Regex' && new RegExp(`^(?:${path.value.replace('(?i)', '')})`, 'i').test(asked.path)) ||
    (path.type === 'Prefix' && (path.value === '/' || asked.path === path.value || asked.path.startsWith(`${path.value}/`)))
  return isHost && isPath
}
const say = (action: Action) => {
  if (action.type === 'Redirect') return `${action.code} ${action.scheme}`
  if (action.type === 'Answer') return String(action.code)
  const server = String(action.servers[0]?.to ?? 503)
  return names[Number(/^10\.96\.0\.(\d)/.exec(server)?.[1]) - 1] ?? server
}
/** Which service answers `host/path`. */
const asked = (listener: Listener | undefined, url: string) => {
  const [, host = '', path = ''] = /^([^/]*)(.*)$/.exec(url) ?? []
  return say(listener?.routes.find(({ match }) => holds(match, { host, path }))?.action ?? listener?.otherwise ?? ({} as Action))
}
const answers = (ingresses: Ingress[], urls: Record<string, string>) => {
  const [http] = build(...ingresses).listeners
  expect(Object.fromEntries(Object.keys(urls).map(url => [url, asked(http, url)]))).toEqual(urls)
}

describe('ingresses', () => {
  it('lead to services by host: exact ones before wildcards of one label, those before all others', () => {
    answers([ingress('i', { '': { 'Prefix /': 'a' }, '*.x.test': { 'Prefix /': 'b' }, 'y.x.test': { 'Prefix /': 'c' } })], {
      'y.x.test/': 'c',
      'z.x.test/': 'b',
      'z.y.x.test/': 'a',
      'x.test/': 'a',
      'other/': 'a',
    })
  })

  // The table of the documentation of upstream.
  it.each<[string, string, boolean]>([
    ['Prefix /', '/any', true],
    ['Exact /foo', '/foo', true],
    ['Exact /foo', '/bar', false],
    ['Exact /foo', '/foo/', false],
    ['Exact /foo/', '/foo', false],
    ['Prefix /foo', '/foo', true],
    ['Prefix /foo', '/foo/', true],
    ['Prefix /foo/', '/foo', true],
    ['Prefix /foo/', '/foo/', true],
    ['Prefix /aaa/bb', '/aaa/bbb', false],
    ['Prefix /aaa/bbb', '/aaa/bbb', true],
    ['Prefix /aaa/bbb/', '/aaa/bbb', true],
    ['Prefix /aaa/bbb', '/aaa/bbb/', true],
    ['Prefix /aaa/bbb', '/aaa/bbb/ccc', true],
    ['Prefix /aaa/bbb', '/aaa/bbbxyz', false],
    ['ImplementationSpecific /aaa', '/aaabbb', true],
  ])('compare paths: %s with %s (%s)', (path, request, fits) => {
    answers([ingress('i', { 'x.test': { [path]: 'a' } })], { [`x.test${request}`]: fits ? 'a' : '404' })
  })

  it('prefer the longest path, and of two of one length the exact one', () => {
    answers(
      [
        ingress('i', {
          'x.test': {
            'Prefix /': 'a',
            'Prefix /aaa': 'b',
            'Prefix /aaa/bbb': 'c',
            'Exact /aaa/bbb': 'd',
            'Prefix /ccc/': 'a',
            'Exact /ccc': 'b',
          },
        }),
      ],
      { 'x.test/aaa/bbb/ccc': 'c', 'x.test/aaa/bbb': '503', 'x.test/aaa/x': 'b', 'x.test/x': 'a', 'x.test/ccc': 'b', 'x.test/ccc/': 'a' },
    )
  })

  it('of several ingresses add up, and where they disagree the oldest wins and the other is told', () => {
    const old = ingress('old', { 'x.test': { 'Prefix /a': 'a' } })
    const young = ingress('young', { 'x.test': { 'Prefix /a': 'b', 'Prefix /b': 'b' } })
    answers([old, young], { 'x.test/a': 'a', 'x.test/b': 'b' })
    expect(build(old, young).problems).toEqual([
      { ingress: 'default/young', message: 'host "x.test" and path "/a" is already defined in ingress default/old' },
    ])
  })

  it('send to default backends what no path and no host takes', () => {
    const own = ingress('own', { 'x.test': { 'Prefix /a': 'a' } }, { defaultBackend: to('b') })
    const all = ingress('all', {}, { defaultBackend: to('c') })
    answers([own], { 'x.test/a': 'a', 'x.test/z': 'b', 'other/': 'b' })
    answers([ingress('i', { 'y.test': { 'Prefix /a': 'a' } }), own, all], { 'x.test/z': 'b', 'y.test/z': 'c', 'other/': 'c' })
    answers([ingress('i', { 'y.test': { 'Prefix /a': 'a' } })], { 'y.test/z': '404', 'other/': '404' })
  })

  it('answer 503 where nobody is ready or there, and say what is not', () => {
    const broken = ingress('i', { 'x.test': { 'Prefix /d': 'd', 'Prefix /none': 'none' } })
    broken.spec.rules?.[0]?.http?.paths.push(
      { pathType: 'Exact', path: '/name', backend: { service: { name: 'a', port: { name: 'http' } } } },
      { pathType: 'Exact', path: '/port', backend: { service: { name: 'a', port: { number: 81 } } } },
      { pathType: 'Exact', path: '/resource', backend: { resource: { kind: 'Bucket', name: 'b' } } },
    )
    answers([broken], { 'x.test/d': '503', 'x.test/none': '503', 'x.test/name': 'a', 'x.test/port': '503', 'x.test/resource': '503' })
    expect(
      build(broken)
        .problems.map(({ message }) => message)
        .sort(),
    ).toEqual(['resource backends are not supported: Bucket "b"', 'service "default/a" has no port 81', 'service "default/none" not found'])
  })

  it('serve hosts with a certificate over TLS, and lead plain requests there', () => {
    const tls = [
      { hosts: ['one.test'], secretName: 'one' },
      { hosts: ['*.two.test'], secretName: 'two' },
      { hosts: ['three.test'], secretName: 'gone' },
    ]
    const { listeners, problems } = build(
      ingress(
        'i',
        {
          'one.test': { 'Prefix /': 'a' },
          'x.two.test': { 'Prefix /': 'b' },
          'three.test': { 'Prefix /': 'c' },
          'plain.test': { 'Prefix /': 'a' },
        },
        { tls },
      ),
    )
    const [http, https] = listeners
    expect(['one.test/', 'x.two.test/', 'three.test/', 'plain.test/'].map(url => [asked(http, url), asked(https, url)])).toEqual([
      ['308 https', 'a'],
      ['308 https', 'b'],
      ['308 https', 'c'],
      ['a', 'a'],
    ])
    expect(https?.certificates.map(({ hosts }) => hosts)).toEqual([[], ['one.test'], ['*.two.test']])
    expect(https?.certificates[0]?.certificate.pem).toBe('fallback')
    expect(problems).toEqual([{ ingress: 'default/i', message: 'secret "default/gone" of type kubernetes.io/tls not found' }])
  })

  it.each([
    ['mixed', 'secret "default/mixed" has a key that is not the one of its certificate'],
    ['empty', 'secret "default/empty" has no tls.crt or no tls.key'],
  ])('do not serve a certificate that is none (%s)', (secretName, message) => {
    const { listeners, problems } = build(ingress('i', { 'x.test': { 'Prefix /': 'a' } }, { tls: [{ hosts: ['x.test'], secretName }] }))
    expect(problems).toEqual([{ ingress: 'default/i', message }])
    expect(listeners[1]?.certificates).toHaveLength(1)
  })

  it('take a certificate for the names in it where no hosts are given, and only from the oldest', () => {
    const first = ingress('first', { 'one.test': { 'Prefix /': 'a' } }, { tls: [{ secretName: 'one' }] })
    const second = ingress('second', {}, { tls: [{ hosts: ['one.test', 'two.test'], secretName: 'two' }], defaultBackend: to('a') })
    expect(build(first, second).listeners[1]?.certificates.map(({ hosts }) => hosts)).toEqual([[], ['one.test'], ['two.test']])
  })

  it('know some wishes of ingress-nginx, and tell of those that they do not know', () => {
    const annotation = (name: string) => `nginx.ingress.kubernetes.io/${name}`
    const annotations = {
      [annotation('rewrite-target')]: '/$2',
      [annotation('ssl-redirect')]: 'false',
      [annotation('proxy-body-size')]: '8m',
    }
    const tls = [{ hosts: ['one.test'], secretName: 'one' }]
    const wishing = ingress('i', { 'one.test': { 'ImplementationSpecific /app(/|$)(.*)': 'a' } }, { annotations, tls })
    const { listeners, problems } = build(wishing)
    expect(asked(listeners[0], 'one.test/APP/x')).toBe('a')
    expect(listeners[0]?.routes[0]?.action).toMatchObject({ filters: [{ type: 'ReplaceRegex', pattern: '/app(/|$)(.*)', value: '/\\2' }] })
    expect(problems.map(({ message }) => message)).toEqual([`annotation ${annotation('proxy-body-size')} is not supported and ignored`])
    const forced = ingress('i', { 'x.test': { 'Prefix /': 'a' } }, { annotations: { [annotation('force-ssl-redirect')]: 'true' } })
    answers([forced], { 'x.test/': '308 https' })
  })

  it('are served when their class is ours, by its name in the spec or in the older annotation', () => {
    const classes = [
      { metadata: { name: 'ours' }, spec: { controller: 'kubeling.io/ingress-controller' } },
      { metadata: { name: 'theirs' }, spec: { controller: 'example.com/other' } },
    ] as IngressClass[]
    const younger = ingress('younger', {}, { ingressClassName: 'ours' })
    const all = [
      { ...younger, metadata: { ...younger.metadata, creationTimestamp: '2026-02-01T00:00:00Z' } },
      ingress('ours', {}, { ingressClassName: 'ours' }),
      ingress('theirs', {}, { ingressClassName: 'theirs' }),
      ingress('annotated', {}, { annotations: { 'kubernetes.io/ingress.class': 'ours' } }),
      ingress('nobody', {}),
    ]
    expect(servedIngresses(all, classes).map(({ metadata }) => metadata.name)).toEqual(['ours', 'annotated', 'younger'])
  })
})
