import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { Condition, ObjectMeta } from '../meta.ts'
import {
  boolean,
  embedded,
  int32,
  intOrString,
  list,
  listMap,
  map,
  message,
  optional,
  required,
  stored,
  string,
  type Static,
} from '../schema/schema.ts'

export const ServicePort = message('io.k8s.api.core.v1.ServicePort', '', {
  name: optional(1, string(), ''),
  protocol: optional(2, string(), ''),
  port: required(3, int32(), ''),
  targetPort: optional(4, intOrString(), ''),
  nodePort: optional(5, int32(), ''),
  appProtocol: optional(6, string(), ''),
})
export type ServicePort = Static<typeof ServicePort>

export const ClientIPConfig = message('io.k8s.api.core.v1.ClientIPConfig', '', {
  timeoutSeconds: optional(1, int32(), ''),
})
export type ClientIPConfig = Static<typeof ClientIPConfig>

export const SessionAffinityConfig = message('io.k8s.api.core.v1.SessionAffinityConfig', '', {
  clientIP: optional(1, ClientIPConfig, ''),
})
export type SessionAffinityConfig = Static<typeof SessionAffinityConfig>

export const ServiceSpec = message('io.k8s.api.core.v1.ServiceSpec', '', {
  ports: optional(1, listMap(ServicePort, ['port', 'protocol']), ''),
  selector: optional(2, map(string(), { atomic: true }), ''),
  clusterIP: optional(3, string(), ''),
  type: optional(4, string(), ''),
  externalIPs: optional(5, list(string()), ''),
  sessionAffinity: optional(7, string(), ''),
  loadBalancerIP: optional(8, string(), ''),
  loadBalancerSourceRanges: optional(9, list(string()), ''),
  externalName: optional(10, string(), ''),
  externalTrafficPolicy: optional(11, string(), ''),
  healthCheckNodePort: optional(12, int32(), ''),
  publishNotReadyAddresses: optional(13, boolean(), ''),
  sessionAffinityConfig: optional(14, SessionAffinityConfig, ''),
  ipFamilyPolicy: optional(17, string(), ''),
  clusterIPs: optional(18, list(string()), ''),
  ipFamilies: optional(19, list(string()), ''),
  allocateLoadBalancerNodePorts: optional(20, boolean(), ''),
  loadBalancerClass: optional(21, string(), ''),
  internalTrafficPolicy: optional(22, string(), ''),
  trafficDistribution: optional(23, string(), ''),
})
export type ServiceSpec = Static<typeof ServiceSpec>

export const PortStatus = message('io.k8s.api.core.v1.PortStatus', '', {
  port: required(1, int32(), ''),
  protocol: required(2, string(), ''),
  error: optional(3, string(), ''),
})
export type PortStatus = Static<typeof PortStatus>

export const LoadBalancerIngress = message('io.k8s.api.core.v1.LoadBalancerIngress', '', {
  ip: optional(1, string(), ''),
  hostname: optional(2, string(), ''),
  ipMode: optional(3, string(), ''),
  ports: optional(4, list(PortStatus), ''),
})
export type LoadBalancerIngress = Static<typeof LoadBalancerIngress>

export const LoadBalancerStatus = message('io.k8s.api.core.v1.LoadBalancerStatus', '', {
  ingress: optional(1, list(LoadBalancerIngress), ''),
})
export type LoadBalancerStatus = Static<typeof LoadBalancerStatus>

export const ServiceStatus = message('io.k8s.api.core.v1.ServiceStatus', '', {
  loadBalancer: optional(1, LoadBalancerStatus, ''),
  conditions: optional(2, listMap(Condition, ['type']), ''),
})
export type ServiceStatus = Static<typeof ServiceStatus>

export const ServiceSchema = message('io.k8s.api.core.v1.Service', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  spec: embedded(2, ServiceSpec, ''),
  status: embedded(3, ServiceStatus, ''),
})
export type Service = Static<typeof ServiceSchema>

export const Service = defineKind(ServiceSchema, {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    status: { type: 'status', verbs: ['get', 'patch', 'update'] },
    proxy: { type: 'connect', kind: 'ServiceProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  },
  columns: [nameColumn, ageColumn],
})
