import { notFound, type Listener, type Route } from '../proxy/proxy-model.ts'
import { attach, isParent, type Attachment } from './attach-routes.ts'
import { backendServers } from './backend-servers.ts'
import {
  gatewayGroup,
  type AnyRoute,
  type Gateway,
  type GatewayClass,
  type HttpRoute,
  type ParentRef,
  type RouteParentStatus,
  type TcpRoute,
} from './gateway-types.ts'
import { byAge, condition, gatewayControllerName, type GatewayView } from './gateway-view.ts'
import { bySpecificName, hostMatchOf } from './hostnames.ts'
import { byPrecedence, candidatesOf, routeOf, unsupportedIn } from './http-routes.ts'
import { planListeners, type PlannedListener } from './plan-listeners.ts'

export interface GatewayPlan {
  readonly listeners: readonly Listener[]
  readonly classes: readonly { readonly object: GatewayClass; readonly status: NonNullable<GatewayClass['status']> }[]
  readonly gateways: readonly { readonly object: Gateway; readonly status: NonNullable<Gateway['status']> }[]
  /** The parts of routes' statuses that are ours; those of other controllers stay. */
  readonly httpRoutes: readonly RoutePlan<HttpRoute>[]
  readonly tcpRoutes: readonly RoutePlan<TcpRoute>[]
}
export interface RoutePlan<R extends AnyRoute> {
  readonly object: R
  readonly parents: readonly RouteParentStatus[]
}

interface Place<R extends AnyRoute> extends Attachment {
  readonly route: R
}

/** The Gateways of our classes, oldest first. */
export function servedGateways({ classes, gateways }: Pick<GatewayView, 'classes' | 'gateways'>): Gateway[] {
  const ours = new Set(classes.filter(isOurs).map(({ metadata }) => metadata.name))
  return gateways.filter(({ spec, metadata }) => ours.has(spec.gatewayClassName) && !metadata.deletionTimestamp).sort(byAge)
}
const isOurs = ({ spec }: GatewayClass) => spec.controllerName === gatewayControllerName

/** What the Gateways of our classes come to: listeners of the proxy, and what is to be said about every object involved. */
export function planGateways(view: GatewayView): GatewayPlan {
  const planned = servedGateways(view).map(gateway => ({ gateway, listeners: planListeners(gateway, view) }))
  const http = routesOf(view.httpRoutes, 'HTTPRoute', { planned, view, unsupported: unsupportedIn })
  const tcp = routesOf(view.tcpRoutes, 'TCPRoute', { planned, view, unsupported: () => undefined })
  const all = planned.flatMap(({ listeners }) => listeners)
  return {
    listeners: proxyListeners(all, { http: http.places, tcp: tcp.places }, view),
    classes: view.classes
      .filter(isOurs)
      .map(object => ({ object, status: { conditions: [condition(object, 'Accepted', { reason: 'Accepted' })] } })),
    gateways: planned.map(({ gateway, listeners }) => ({
      object: gateway,
      status: gatewayStatus(gateway, listeners, { places: [...http.places, ...tcp.places], view }),
    })),
    httpRoutes: http.plans,
    tcpRoutes: tcp.plans,
  }
}

interface RoutesContext<R extends AnyRoute> {
  readonly planned: readonly { readonly gateway: Gateway; readonly listeners: readonly PlannedListener[] }[]
  readonly view: GatewayView
  readonly unsupported: (route: R) => string | undefined
}

function routesOf<R extends HttpRoute | TcpRoute>(routes: readonly R[], kind: string, { planned, view, unsupported }: RoutesContext<R>) {
  const places: Place<R>[] = []
  const plans = [...routes].sort(byAge).flatMap((route): RoutePlan<R>[] => {
    const refs = (route.spec.parentRefs ?? []).flatMap(ref => {
      const parent = planned.find(({ gateway }) => isParent(route, ref, gateway))
      return parent ? [{ ref, listeners: parent.listeners }] : []
    })
    if (refs.length === 0 && !(route.status?.parents ?? []).some(({ controllerName }) => controllerName === gatewayControllerName))
      return []
    const problem = unsupported(route)
    const parents = refs.map(({ ref, listeners }) => {
      const { attachments, refusal } = problem
        ? { attachments: [], refusal: { reason: 'UnsupportedValue', message: problem } }
        : attach({ route, kind, ref }, listeners, view)
      places.push(...attachments.map(attachment => ({ ...attachment, route })))
      return parentStatus({ route, kind, ref }, refusal, view)
    })
    return [{ object: route, parents }]
  })
  return { places, plans }
}

function parentStatus(
  { route, kind, ref }: { route: HttpRoute | TcpRoute; kind: string; ref: ParentRef },
  refusal: { reason: string; message: string } | undefined,
  view: GatewayView,
): RouteParentStatus {
  const refs = (route.spec.rules ?? []).flatMap(({ backendRefs = [] }) => backendRefs)
  const { problem } = backendServers({ route, kind }, refs, view)
  return {
    parentRef: ref,
    controllerName: gatewayControllerName,
    conditions: [
      condition(route, 'Accepted', refusal ? { status: false, ...refusal } : { reason: 'Accepted' }),
      condition(route, 'ResolvedRefs', problem ? { status: false, ...problem } : { reason: 'ResolvedRefs' }),
    ],
  }
}

function gatewayStatus(
  gateway: Gateway,
  listeners: readonly PlannedListener[],
  { places, view }: { places: readonly Place<AnyRoute>[]; view: GatewayView },
): NonNullable<Gateway['status']> {
  const addresses = view.addressesOf(gateway)
  const valid = listeners.filter(({ isProgrammed }) => isProgrammed)
  const accepted =
    valid.length === listeners.length
      ? { reason: 'Accepted' }
      : { status: valid.length > 0, reason: 'ListenersNotValid', message: 'some listeners are not valid: their own conditions say why' }
  const programmed =
    valid.length === 0
      ? { status: false, reason: 'Invalid', message: 'no listener is valid' }
      : addresses.length > 0
        ? { reason: 'Programmed' }
        : { status: false, reason: 'AddressNotAssigned', message: 'the Gateway has no address yet' }
  return {
    addresses,
    conditions: [condition(gateway, 'Accepted', accepted), condition(gateway, 'Programmed', programmed)],
    listeners: listeners.map(planned => ({
      name: planned.listener.name,
      supportedKinds: planned.supportedKinds.map(kind => ({ group: gatewayGroup, kind })),
      attachedRoutes: new Set(places.filter(({ listener }) => listener === planned).map(({ route }) => route)).size,
      conditions: planned.conditions,
    })),
  }
}

/** One listener of the proxy for each port of a Gateway, whatever the number of its own listeners there. */
function proxyListeners(
  all: readonly PlannedListener[],
  places: { readonly http: readonly Place<HttpRoute>[]; readonly tcp: readonly Place<TcpRoute>[] },
  view: GatewayView,
): Listener[] {
  const byPort = new Map<number, PlannedListener[]>()
  for (const listener of all.filter(({ isProgrammed }) => isProgrammed))
    byPort.set(listener.proxyPort, [...(byPort.get(listener.proxyPort) ?? []), listener])
  return [...byPort].flatMap(([port, together]): Listener[] => {
    const [{ gateway, listener } = {}] = together
    if (!gateway || !listener) return []
    const shared = { name: `gateway-${port}`, port, otherwise: notFound }
    if (listener.protocol === 'TCP') {
      const route = places.tcp.find(place => place.listener === together[0])?.route
      const refs = route?.spec.rules[0]?.backendRefs ?? []
      // No answer can be given in the words of a protocol that is not known: whoever cannot be served is hung up on.
      const servers = route
        ? backendServers({ route, kind: 'TCPRoute' }, refs, view).servers.filter(({ to }) => typeof to === 'string')
        : []
      return [{ ...shared, protocol: 'TCP', certificates: [], routes: [{ match: {}, action: { type: 'Forward', filters: [], servers } }] }]
    }
    const sorted = [...together].sort((a, b) => bySpecificName(a.listener.hostname || undefined, b.listener.hostname || undefined))
    const certificates = sorted.flatMap(each =>
      each.certificates.map(certificate => ({ certificate, hosts: each.listener.hostname ? [each.listener.hostname] : [] })),
    )
    const protocol = listener.protocol === 'HTTPS' ? 'HTTPS' : 'HTTP'
    return [{ ...shared, protocol, certificates, routes: sorted.flatMap(each => httpRoutes(each, places.http, view)) }]
  })
}

/** What a listener serves; what it does not is answered with 404, and is nobody else's. */
function httpRoutes(planned: PlannedListener, places: readonly Place<HttpRoute>[], view: GatewayView): Route[] {
  const candidates = places
    .filter(({ listener }) => listener === planned)
    .flatMap(({ route, names }) => names.flatMap(name => candidatesOf(route, name)))
    .sort(byPrecedence)
  const { hostname } = planned.listener
  return [
    ...candidates.map(candidate => routeOf(candidate, planned.listener, view)),
    ...(hostname ? [{ match: hostMatchOf(hostname), action: notFound }] : []),
  ]
}
