import type { Service } from '../../../api/core/service.ts'
import { fieldInvalid, type FieldError } from '../../../api/schema/field-error.ts'

export const needsClusterIP = ({ spec }: Service): boolean =>
  spec.type !== 'ExternalName' && spec.clusterIP !== 'None' && spec.clusterIPs?.[0] !== 'None'

export const needsNodePorts = ({ spec }: Service): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)

/** An update that does not mention what was allocated keeps it, as long as the type still needs it (upstream's patchAllocatedValues). */
export function withKeptAddresses(next: Service, current: Service | undefined): Service {
  if (!current) return next
  const { clusterIP, clusterIPs } = current.spec
  const keepsIP = needsClusterIP(next) && needsClusterIP(current) && !next.spec.clusterIP && !next.spec.clusterIPs?.length
  const spec = keepsIP && clusterIP ? { ...next.spec, clusterIP, clusterIPs: clusterIPs ?? [clusterIP] } : next.spec
  const ports = spec.ports?.map(port => withNodePort(port, { next, current }))
  return { ...next, spec: { ...spec, ...(ports ? { ports } : {}) } }
}

type Port = NonNullable<Service['spec']['ports']>[number]

function withNodePort(port: Port, { next, current }: { next: Service; current: Service }): Port {
  if (!needsNodePorts(next)) return needsNodePorts(current) ? withoutNodePort(port) : port
  if (port.nodePort) return port
  const same = current.spec.ports?.find(old => old.port === port.port && old.protocol === port.protocol)
  return same?.nodePort ? { ...port, nodePort: same.nodePort } : port
}

function withoutNodePort({ nodePort: _, ...port }: Port): Port {
  return port
}

/** What a cluster that speaks IPv4 only cannot give (upstream's initIPFamilyFields); services that nobody selects pods for may ask for anything. */
export function familyErrors({ spec }: Service): FieldError[] {
  const headless = spec.clusterIP === 'None' || spec.clusterIPs?.[0] === 'None'
  if (spec.type === 'ExternalName' || (headless && Object.keys(spec.selector ?? {}).length === 0)) return []
  const dual = spec.ipFamilyPolicy === 'RequireDualStack'
  return [
    ...(dual ? [fieldInvalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services')] : []),
    ...(spec.ipFamilies ?? []).flatMap((family, index) =>
      family === 'IPv4' ? [] : [fieldInvalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster')],
    ),
  ]
}

/** This cluster speaks IPv4 only; every service with addresses says so. */
export function withFamilies(service: Service): Service {
  const { spec } = service
  if (spec.type === 'ExternalName') return service
  const families = { ipFamilies: spec.ipFamilies ?? ['IPv4'], ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack' }
  const ips = spec.clusterIP === 'None' || spec.clusterIPs?.[0] === 'None' ? { clusterIP: 'None', clusterIPs: ['None'] } : {}
  return { ...service, spec: { ...spec, ...families, ...ips } }
}
