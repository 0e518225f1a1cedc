import type { Service, ServicePort, ServiceSpec } from './service.ts'
import { isExternallyAccessible, needsClusterIP, needsHealthCheckNodePort, needsNodePorts } from './service-needs.ts'
import { isEqual } from '../../common/equal.ts'

type Field = keyof ServiceSpec

const without = (spec: ServiceSpec, fields: readonly Field[]): ServiceSpec =>
  Object.fromEntries(Object.entries(spec).filter(([field]) => !fields.includes(field as Field))) as ServiceSpec

/** Who names only one address means both fields. Status belongs to others. */
export function prepareServiceForCreate(service: Service): Service {
  const { clusterIP, clusterIPs = [] } = service.spec
  const spec = clusterIP && clusterIPs.length === 0 ? { ...service.spec, clusterIPs: [clusterIP] } : service.spec
  return { ...service, spec, status: { loadBalancer: {} } }
}

/**
 * Clients send what they know: addresses and ports that were allocated and that they left out stay, fields that mean nothing
 * for a new type and that they did not touch go.
 */
export function prepareServiceForUpdate(next: Service, current: Service): Service {
  const spec = [keepNodePorts, keepHealthCheckNodePort, keepClusterIPs, alignClusterIPs, dropTypeDependent].reduce(
    (result, step) => step(result, current.spec),
    next.spec,
  )
  return { ...next, spec, status: current.status }
}

function keepClusterIPs(next: ServiceSpec, current: ServiceSpec): ServiceSpec {
  if (!needsClusterIP(current) || !needsClusterIP(next)) return next
  const clusterIP = next.clusterIP || current.clusterIP
  const sameAddress = clusterIP === current.clusterIP
  const keepsAll = (next.clusterIPs ?? []).length === 0 && sameAddress
  return {
    ...next,
    ...(clusterIP ? { clusterIP } : {}),
    ...(keepsAll && current.clusterIPs ? { clusterIPs: current.clusterIPs } : {}),
    ...((next.ipFamilies ?? []).length === 0 && current.ipFamilies ? { ipFamilies: current.ipFamilies } : {}),
    ...(!next.ipFamilyPolicy && current.ipFamilyPolicy ? { ipFamilyPolicy: current.ipFamilyPolicy } : {}),
  }
}

/** A client that changed only clusterIP did not mean to contradict clusterIPs. */
function alignClusterIPs(next: ServiceSpec, current: ServiceSpec): ServiceSpec {
  if (next.clusterIP === current.clusterIP || !isEqual(next.clusterIPs ?? [], current.clusterIPs ?? [])) return next
  return next.clusterIP ? { ...next, clusterIPs: [next.clusterIP] } : without(next, ['clusterIPs'])
}

/** A port that keeps its name keeps its node port, unless another port took it. */
function keepNodePorts(next: ServiceSpec, current: ServiceSpec): ServiceSpec {
  if (!needsNodePorts(current) || !needsNodePorts(next) || !next.ports) return next
  const byName = new Map((current.ports ?? []).map(port => [port.name ?? '', port.nodePort ?? 0]))
  const known = new Set(byName.values())
  const used = new Set(next.ports.map(port => port.nodePort ?? 0).filter(nodePort => nodePort !== 0 && known.has(nodePort)))
  const kept = (port: ServicePort): ServicePort => {
    const nodePort = port.nodePort || byName.get(port.name ?? '')
    if (port.nodePort || !nodePort || used.has(nodePort)) return port
    used.add(nodePort)
    return { ...port, nodePort }
  }
  return { ...next, ports: next.ports.map(kept) }
}

function keepHealthCheckNodePort(next: ServiceSpec, current: ServiceSpec): ServiceSpec {
  if (!needsHealthCheckNodePort(current) || !needsHealthCheckNodePort(next) || next.healthCheckNodePort) return next
  return current.healthCheckNodePort ? { ...next, healthCheckNodePort: current.healthCheckNodePort } : next
}

const nodePortsOf = (spec: ServiceSpec) => (spec.ports ?? []).map(port => port.nodePort ?? 0)
const isLoadBalancer = ({ type }: ServiceSpec) => type === 'LoadBalancer'

/** Which fields a type needs; left behind by a change of type and untouched, they go. */
const typeDependent: readonly { readonly fields: readonly Field[]; needs(spec: ServiceSpec): boolean }[] = [
  { fields: ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'], needs: needsClusterIP },
  { fields: ['healthCheckNodePort'], needs: needsHealthCheckNodePort },
  { fields: ['allocateLoadBalancerNodePorts', 'loadBalancerClass'], needs: isLoadBalancer },
  { fields: ['externalTrafficPolicy'], needs: isExternallyAccessible },
]

function dropTypeDependent(next: ServiceSpec, current: ServiceSpec): ServiceSpec {
  const leftBehind = typeDependent
    .filter(({ needs }) => needs(current) && !needs(next))
    .flatMap(({ fields }) => fields.filter(field => isEqual(next[field], current[field])))
  const spec = leftBehind.length > 0 ? without(next, leftBehind) : next
  const dropsNodePorts = needsNodePorts(current) && !needsNodePorts(next) && isEqual(nodePortsOf(next), nodePortsOf(current))
  return dropsNodePorts && spec.ports ? { ...spec, ports: spec.ports.map(({ nodePort: _, ...port }) => port) } : spec
}
