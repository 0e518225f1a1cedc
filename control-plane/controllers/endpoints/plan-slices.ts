import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import type { Service } from '../../../api/core/service.ts'
import type { Endpoint, EndpointHints, EndpointPort, EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import { isEqual } from '../../../common/equal.ts'
import { isPodReady } from '../pod-readiness.ts'
import { hasEndpoint, hostnameIn, targetPortOf, targetRefOf } from './service-pods.ts'

/** As many endpoints as upstream puts into one slice. */
const sliceSize = 100

export interface DesiredSlices {
  readonly ports: readonly EndpointPort[]
  readonly endpoints: readonly Endpoint[]
}
export interface SlicePlan {
  readonly create: readonly DesiredSlices[]
  readonly update: readonly { readonly slice: EndpointSlice; readonly endpoints: readonly Endpoint[] }[]
  readonly delete: readonly EndpointSlice[]
}

/** The endpoints of a service, those with the same ports together. Without any there is one group of nothing. */
export function desiredSlices(service: Service, pods: readonly Pod[], nodeOf: (name: string) => Node | undefined): DesiredSlices[] {
  const groups = new Map<string, { ports: EndpointPort[]; endpoints: Endpoint[] }>()
  for (const pod of pods.filter(each => hasEndpoint(each, { terminating: true }))) {
    const ports = portsOf(service, pod)
    const key = JSON.stringify(ports)
    const group = groups.get(key) ?? { ports, endpoints: [] }
    groups.set(key, group)
    group.endpoints.push(endpointOf(service, pod, nodeOf))
  }
  return groups.size > 0 ? [...groups.values()] : [{ ports: [], endpoints: [] }]
}

const portsOf = (service: Service, pod: Pod): EndpointPort[] =>
  (service.spec.ports ?? []).flatMap((port): EndpointPort[] => {
    const number = targetPortOf(pod, port)
    if (number === undefined) return []
    const { name = '', protocol = 'TCP', appProtocol } = port
    return [{ name, protocol, port: number, ...(appProtocol ? { appProtocol } : {}) }]
  })

function endpointOf(service: Service, pod: Pod, nodeOf: (name: string) => Node | undefined): Endpoint {
  const serving = isPodReady(pod)
  const terminating = Boolean(pod.metadata.deletionTimestamp)
  const hostname = hostnameIn(service, pod)
  const { nodeName } = pod.spec
  const zone = nodeName ? nodeOf(nodeName)?.metadata.labels?.['topology.kubernetes.io/zone'] : undefined
  const ready = (service.spec.publishNotReadyAddresses ?? false) || (serving && !terminating)
  const hints = ready ? hintsOf(service.spec.trafficDistribution, { zone, nodeName }) : undefined
  return {
    addresses: [pod.status.podIP ?? ''],
    conditions: { ready, serving, terminating },
    ...(hints ? { hints } : {}),
    ...(hostname ? { hostname } : {}),
    targetRef: targetRefOf(pod),
    ...(nodeName ? { nodeName } : {}),
    ...(zone ? { zone } : {}),
  }
}

/** Who should prefer an endpoint: its own zone, and its own node where the service asks for that (upstream's trafficdist). */
function hintsOf(
  distribution: string | undefined,
  { zone, nodeName }: { zone: string | undefined; nodeName: string | undefined },
): EndpointHints | undefined {
  if (!distribution || !['PreferClose', 'PreferSameZone', 'PreferSameNode'].includes(distribution)) return undefined
  const forZones = zone ? { forZones: [{ name: zone }] } : {}
  const forNodes = nodeName && distribution === 'PreferSameNode' ? { forNodes: [{ name: nodeName }] } : {}
  const hints = { ...forZones, ...forNodes }
  return Object.keys(hints).length > 0 ? hints : undefined
}

const same = (endpoint: Endpoint) => endpoint.targetRef?.uid ?? endpoint.addresses.join()

/** The fewest writes from the slices there are to the wanted ones: endpoints stay in their slice, room is filled before slices are added. */
export function planSlices(existing: readonly EndpointSlice[], desired: readonly DesiredSlices[]): SlicePlan {
  const plan = { create: [] as DesiredSlices[], update: [] as SlicePlan['update'][number][], delete: [] as EndpointSlice[] }
  const unused = new Set(existing)
  for (const { ports, endpoints } of desired) {
    const left = new Map(endpoints.map(endpoint => [same(endpoint), endpoint]))
    const slices = existing.filter(slice => isEqual(slice.ports ?? [], ports))
    const kept = slices.map(slice => {
      const staying = (slice.endpoints ?? []).flatMap(endpoint => left.get(same(endpoint)) ?? [])
      for (const endpoint of staying) left.delete(same(endpoint))
      return { slice, endpoints: staying }
    })
    const rest = [...left.values()]
    for (const entry of kept) entry.endpoints.push(...rest.splice(0, Math.max(0, sliceSize - entry.endpoints.length)))
    const filled = kept.filter(entry => entry.endpoints.length > 0)
    // Nobody to name: one empty slice says so.
    const written = filled.length === 0 && endpoints.length === 0 ? kept.slice(0, 1) : filled
    for (const entry of written) {
      unused.delete(entry.slice)
      if (!isEqual(entry.slice.endpoints ?? [], entry.endpoints)) plan.update.push(entry)
    }
    while (rest.length > 0) plan.create.push({ ports, endpoints: rest.splice(0, sliceSize) })
    if (endpoints.length === 0 && written.length === 0) plan.create.push({ ports, endpoints: [] })
  }
  plan.delete.push(...unused)
  return plan
}
