import type { Service, ServicePort as Port } from '../../../api/core/service.ts'
import { hashJson } from '../../../common/hash.ts'

/** One port of one service, with everything about the service that says how traffic to it is led (upstream's ServicePortInfo). */
export interface ServicePort {
  /** Short, and the same for the same port of the same service: names chains and sets of its own. */
  readonly id: string
  /** As EndpointSlices call it; empty where a service has one port without a name. */
  readonly portName: string
  /** As the kernel calls it. */
  readonly protocol: string
  readonly port: number
  readonly nodePort: number | undefined
  readonly clusterIPs: readonly string[]
  readonly externalIPs: readonly string[]
  /** Addresses that load balancers leave in packets; behind those of `ipMode: Proxy` packets come to the node port. */
  readonly loadBalancerIPs: readonly string[]
  readonly sourceRanges: readonly string[]
  /** Seconds that a client stays with the endpoint it reached; undefined without session affinity. */
  readonly affinitySeconds: number | undefined
  readonly internalLocal: boolean
  readonly externalLocal: boolean
}

/** Upstream's default for ClientIP affinity, three hours. */
const defaultAffinitySeconds = 10800

/** The ports of a service that the node has to translate: none for headless services and external names, which are DNS's. */
export function servicePortsOf({ metadata, spec, status }: Service): ServicePort[] {
  const clusterIPs = (spec.clusterIPs ?? []).filter(address => address !== 'None' && isIPv4(address))
  if (spec.type === 'ExternalName' || clusterIPs.length === 0) return []
  const isExternal = spec.type === 'NodePort' || spec.type === 'LoadBalancer'
  const ingress = spec.type === 'LoadBalancer' ? (status?.loadBalancer?.ingress ?? []) : []
  const shared = {
    clusterIPs,
    externalIPs: (spec.externalIPs ?? []).filter(isIPv4),
    loadBalancerIPs: ingress.flatMap(({ ip, ipMode }) => (ip && isIPv4(ip) && ipMode !== 'Proxy' ? [ip] : [])),
    sourceRanges: spec.type === 'LoadBalancer' ? (spec.loadBalancerSourceRanges ?? []).map(range => range.trim()).filter(isIPv4) : [],
    affinitySeconds:
      spec.sessionAffinity === 'ClientIP' ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds) : undefined,
    internalLocal: spec.internalTrafficPolicy === 'Local',
    externalLocal: spec.externalTrafficPolicy === 'Local',
  }
  return (spec.ports ?? []).map(port => ({
    ...shared,
    id: idOf(metadata, port),
    portName: port.name ?? '',
    protocol: (port.protocol ?? 'TCP').toLowerCase(),
    port: port.port,
    nodePort: isExternal ? port.nodePort || undefined : undefined,
  }))
}

/** This cluster speaks IPv4 only. */
const isIPv4 = (address: string) => !address.includes(':')

const idOf = ({ namespace, name }: Service['metadata'], port: Port): string =>
  hashJson([namespace, name, port.name ?? '', port.protocol ?? 'TCP', port.port]).slice(0, 16)
