import { applyServiceDefaults } from './service-defaults.ts'
import { serviceColumns } from './service-printer.ts'
import { prepareServiceForCreate, prepareServiceForUpdate } from './service-strategy.ts'
import { validateServiceStatus, validateServiceUpdate } from './service-update-validation.ts'
import { serviceWarnings } from './service-warnings.ts'
import { validateService } from './service-validation.ts'
import { defineKind } from '../kind.ts'
import { Condition, ObjectMeta } from '../meta.ts'
import { dns1123LabelErrors, nameCheck } from '../names.ts'
import {
  boolean,
  embedded,
  int32,
  intOrString,
  list,
  listMap,
  map,
  message,
  oneOf,
  optional,
  required,
  stored,
  string,
  type Static,
} from '../schema/schema.ts'

/** Sorted, as messages about unknown ones list them. */
export const Protocol = oneOf(['SCTP', 'TCP', 'UDP'], { default: 'TCP' })
export type Protocol = Static<typeof Protocol>

export const ServicePort = message('io.k8s.api.core.v1.ServicePort', 'A port that a service listens on.', {
  name: optional(1, string(), 'Name of the port; needed where a service has several.'),
  protocol: optional(2, Protocol, 'TCP, UDP or SCTP.'),
  port: required(3, int32(), 'Number of the port.'),
  targetPort: stored(
    4,
    intOrString(),
    'Port of the pods that traffic goes to, by number or by name; the same number unless told otherwise.',
  ),
  nodePort: optional(5, int32(), 'Port of every node that leads here, for services of type NodePort and LoadBalancer.'),
  appProtocol: optional(6, string({ presence: 'pointer' }), 'What is spoken on the port, such as kubernetes.io/h2c; a hint for proxies.'),
})
export type ServicePort = Static<typeof ServicePort>

export const ClientIPConfig = message('io.k8s.api.core.v1.ClientIPConfig', 'How long a client stays with the pod that it reached first.', {
  timeoutSeconds: optional(1, int32({ presence: 'pointer' }), 'Seconds of silence after which a client may be sent elsewhere.'),
})
export type ClientIPConfig = Static<typeof ClientIPConfig>

export const SessionAffinityConfig = message('io.k8s.api.core.v1.SessionAffinityConfig', 'Details of session affinity.', {
  clientIP: optional(1, ClientIPConfig, 'Details of affinity by address of the client.'),
})
export type SessionAffinityConfig = Static<typeof SessionAffinityConfig>

export const ServiceSpec = message('io.k8s.api.core.v1.ServiceSpec', 'Which pods a service stands for and how it is reached.', {
  ports: optional(1, listMap(ServicePort, ['port', 'protocol']), 'Ports that the service listens on.'),
  selector: optional(
    2,
    map(string(), { atomic: true }),
    'Labels of the pods that traffic goes to; without it somebody else has to write the endpoints.',
  ),
  clusterIP: optional(3, string(), 'Address of the service inside the cluster; None for a headless service, which has only a name.'),
  type: optional(
    4,
    oneOf(['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'], { default: 'ClusterIP' }),
    'ClusterIP, NodePort, LoadBalancer or ExternalName.',
  ),
  externalIPs: optional(5, list(string()), 'Further addresses at which nodes accept traffic for the service.'),
  sessionAffinity: optional(
    7,
    oneOf(['ClientIP', 'None'], { default: 'None' }),
    'None, or ClientIP to send each client to the same pod every time.',
  ),
  loadBalancerIP: optional(8, string(), 'Address that a load balancer should get, where the infrastructure supports it.'),
  loadBalancerSourceRanges: optional(9, list(string()), 'Ranges of clients that a load balancer lets through.'),
  externalName: optional(10, string(), 'Name that an ExternalName service is an alias for.'),
  externalTrafficPolicy: optional(
    11,
    oneOf(['Cluster', 'Local']),
    'Whether traffic from outside may be passed on to pods of other nodes (Cluster) or not (Local).',
  ),
  healthCheckNodePort: optional(12, int32(), 'Port where load balancers ask whether a node has pods of the service.'),
  publishNotReadyAddresses: optional(13, boolean(), 'Whether pods count before they are ready.'),
  sessionAffinityConfig: optional(14, SessionAffinityConfig, 'Details of session affinity.'),
  ipFamilyPolicy: optional(
    17,
    oneOf(['PreferDualStack', 'RequireDualStack', 'SingleStack'], { presence: 'pointer' }),
    'SingleStack, PreferDualStack or RequireDualStack.',
  ),
  clusterIPs: optional(18, list(string()), 'Addresses of the service, at most one per address family; the first is clusterIP.'),
  ipFamilies: optional(19, list(oneOf(['IPv4', 'IPv6'])), 'Address families of clusterIPs, in the same order.'),
  allocateLoadBalancerNodePorts: optional(20, boolean({ presence: 'pointer' }), 'Whether a LoadBalancer service gets node ports.'),
  loadBalancerClass: optional(21, string({ presence: 'pointer' }), 'Which implementation of load balancers is meant.'),
  internalTrafficPolicy: optional(
    22,
    oneOf(['Cluster', 'Local'], { presence: 'pointer' }),
    'Whether traffic from inside may be passed on to pods of other nodes (Cluster) or not (Local).',
  ),
  trafficDistribution: optional(
    23,
    string({ presence: 'pointer' }),
    'Which pods to prefer: PreferSameZone, PreferSameNode or PreferClose.',
  ),
})
export type ServiceSpec = Static<typeof ServiceSpec>

export const PortStatus = message('io.k8s.api.core.v1.PortStatus', 'State of one port of a load balancer.', {
  port: required(1, int32(), 'Number of the port.'),
  protocol: required(2, Protocol, 'TCP, UDP or SCTP.'),
  error: optional(3, string({ presence: 'pointer' }), 'What is wrong with it.'),
})
export type PortStatus = Static<typeof PortStatus>

export const LoadBalancerIngress = message('io.k8s.api.core.v1.LoadBalancerIngress', 'One way in through a load balancer.', {
  ip: optional(1, string(), 'Its address.'),
  hostname: optional(2, string(), 'Its name.'),
  ipMode: optional(3, oneOf(['Proxy', 'VIP'], { presence: 'pointer' }), 'VIP when packets keep the address, Proxy when they do not.'),
  ports: optional(4, list(PortStatus), 'State of its ports.'),
})
export type LoadBalancerIngress = Static<typeof LoadBalancerIngress>

export const LoadBalancerStatus = message('io.k8s.api.core.v1.LoadBalancerStatus', 'What a load balancer has made of a service.', {
  ingress: optional(1, list(LoadBalancerIngress), 'Ways in.'),
})
export type LoadBalancerStatus = Static<typeof LoadBalancerStatus>

export const ServiceStatus = message('io.k8s.api.core.v1.ServiceStatus', 'What state a service is in.', {
  loadBalancer: embedded(1, LoadBalancerStatus, 'State of the load balancer.'),
  conditions: optional(2, listMap(Condition, ['type']), 'Aspects of the state.'),
})
export type ServiceStatus = Static<typeof ServiceStatus>

export const ServiceSchema = message('io.k8s.api.core.v1.Service', 'One stable address in front of a changing set of pods.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: Service.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: embedded(2, ServiceSpec, 'Which pods the service stands for and how it is reached.'),
  status: embedded(3, ServiceStatus, 'What state the service is in.'),
})
export type Service = Static<typeof ServiceSchema>

export const Service = defineKind(ServiceSchema, {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  returnsDeleted: true,
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  allocates: 'service-addresses',
  subresources: {
    status: { type: 'status', verbs: ['get', 'patch', 'update'] },
    proxy: { type: 'connect', kind: 'ServiceProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  },
  selectableFields: {
    'spec.clusterIP': service => service.spec.clusterIP ?? '',
    'spec.type': service => service.spec.type ?? '',
  },
  validateName: nameCheck(dns1123LabelErrors),
  applyDefaults: applyServiceDefaults,
  prepareForCreate: prepareServiceForCreate,
  prepareForUpdate: prepareServiceForUpdate,
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate: validateServiceStatus,
  warnings: serviceWarnings,
  columns: serviceColumns,
})
