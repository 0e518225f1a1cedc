import type { Server } from '../proxy/proxy-model.ts'
import { serviceServers } from '../proxy/service-servers.ts'
import { gatewayGroup, type AnyRoute, type BackendRef } from './gateway-types.ts'
import { mayRefer, namespaceOf, type GatewayView } from './gateway-view.ts'

export interface Backends {
  readonly servers: readonly Server[]
  /** The first reference that leads nowhere. */
  readonly problem?: { readonly reason: string; readonly message: string }
}

/**
 * The servers of a rule. The share of a reference that leads nowhere is answered with 500, that of a Service without anybody ready
 * with 503, as the specification asks for; so is everything when there is nobody at all.
 */
export function backendServers(
  { route, kind }: { route: AnyRoute; kind: string },
  refs: readonly BackendRef[],
  view: GatewayView,
): Backends {
  const servers: Server[] = []
  let problem: Backends['problem']
  for (const ref of refs) {
    const { weight = 1 } = ref
    const found = resolve({ route, kind }, ref, view)
    if ('problem' in found) problem ??= found.problem
    const to = 'problem' in found ? [500 as const] : found.to.length > 0 ? found.to : [503 as const]
    servers.push(...to.map(each => ({ to: each, weight: weight / to.length })))
  }
  return {
    servers: servers.some(({ weight }) => weight > 0) ? wholeWeights(servers) : [{ to: 500, weight: 1 }],
    ...(problem ? { problem } : {}),
  }
}

type Found = { readonly to: readonly string[] } | Required<Pick<Backends, 'problem'>>
const lost = (reason: string, message: string): Found => ({ problem: { reason, message } })

function resolve({ route, kind }: { route: AnyRoute; kind: string }, ref: BackendRef, view: GatewayView): Found {
  const { group = '', kind: target = 'Service', name, namespace = namespaceOf(route), port } = ref
  if (group !== '' || target !== 'Service') return lost('InvalidKind', `backends are Services, not ${target}`)
  if (!mayRefer({ group: gatewayGroup, kind, namespace: namespaceOf(route) }, { group, kind: target, name, namespace }, view.grants))
    return lost('RefNotPermitted', `no ReferenceGrant lets the route refer to the Service ${namespace}/${name}`)
  const resolved = serviceServers({ namespace, name, port: { number: port } }, view)
  return 'missing' in resolved ? lost('BackendNotFound', resolved.missing) : { to: resolved.servers }
}

/** Weights of parts of a share, as whole numbers in the same proportions as far as that goes. */
function wholeWeights(servers: readonly Server[]): Server[] {
  const least = Math.min(...servers.filter(({ weight }) => weight > 0).map(({ weight }) => weight))
  const factor = least < 1 ? 1 / least : 1
  return servers.map(({ to, weight }) => ({ to, weight: Math.round(weight * factor) }))
}
