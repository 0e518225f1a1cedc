import type { Service, ServiceSpec } from './service.ts'

/** What a service of each type has to have; the rules that defaults, allocation and validation share. */

/** Where node ports come from unless the API server is told otherwise. */
export const defaultNodePorts = { first: 30_000, last: 32_767 }

export const isHeadless = ({ spec }: Service): boolean => spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None'

export const needsClusterIP = ({ type }: ServiceSpec): boolean => type !== 'ExternalName'

export const needsNodePorts = ({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false)

/** Nodes accept traffic for it from outside the cluster. */
export const isExternallyAccessible = ({ type, externalIPs }: ServiceSpec): boolean =>
  type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && (externalIPs ?? []).length > 0)

export const needsHealthCheckNodePort = ({ type, externalTrafficPolicy }: ServiceSpec): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
