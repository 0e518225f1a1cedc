import type { EndpointAddress, EndpointPort, EndpointSubset } from '../../../api/core/endpoints.ts'
import type { Pod } from '../../../api/core/pod.ts'
import type { Service } from '../../../api/core/service.ts'
import { isPodReady } from '../pod-readiness.ts'
import { hasEndpoint, hostnameIn, isHeadless, targetPortOf, targetRefOf } from './service-pods.ts'

/** Upstream's limit of an Endpoints object; EndpointSlices have none. */
const capacity = 1000

interface Group {
  readonly ports: readonly EndpointPort[]
  readonly addresses: EndpointAddress[]
  readonly notReadyAddresses: EndpointAddress[]
}

/** The subsets of a service: pods with the same ports together, addresses in order. `truncated`: not all of them fitted. */
export function planEndpoints(service: Service, pods: readonly Pod[]): { subsets: EndpointSubset[]; truncated: boolean } {
  const groups = new Map<string, Group>()
  const publish = service.spec.publishNotReadyAddresses ?? false
  const candidates = pods.filter(pod => hasEndpoint(pod, { terminating: publish }))
  for (const pod of candidates.slice(0, capacity)) {
    const ports = portsOf(service, pod)
    if (ports.length === 0 && !(isHeadless(service) && !service.spec.ports?.length)) continue
    const key = JSON.stringify(ports)
    const group = groups.get(key) ?? { ports, addresses: [], notReadyAddresses: [] }
    groups.set(key, group)
    const list = publish || isPodReady(pod) ? group.addresses : group.notReadyAddresses
    list.push(addressOf(service, pod))
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => subsetOf(group))
  return { subsets: sorted, truncated: candidates.length > capacity }
}

function portsOf(service: Service, pod: Pod): EndpointPort[] {
  const ports = (service.spec.ports ?? []).flatMap((port): EndpointPort[] => {
    const number = targetPortOf(pod, port)
    if (number === undefined) return []
    const { name, protocol = 'TCP', appProtocol } = port
    return [{ ...(name ? { name } : {}), port: number, protocol, ...(appProtocol ? { appProtocol } : {}) }]
  })
  return ports.sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1))
}

const addressOf = (service: Service, pod: Pod): EndpointAddress => {
  const hostname = hostnameIn(service, pod)
  return {
    ip: pod.status.podIP ?? '',
    ...(hostname ? { hostname } : {}),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: targetRefOf(pod),
  }
}

const byIp = (a: EndpointAddress, b: EndpointAddress) => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0)
const subsetOf = ({ ports, addresses, notReadyAddresses }: Group): EndpointSubset => ({
  ...(addresses.length > 0 ? { addresses: addresses.sort(byIp) } : {}),
  ...(notReadyAddresses.length > 0 ? { notReadyAddresses: notReadyAddresses.sort(byIp) } : {}),
  ...(ports.length > 0 ? { ports: [...ports] } : {}),
})
