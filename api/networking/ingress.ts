import { validateIngress, validateIngressStatus, validateNewIngress } from './ingress-validation.ts'
import { ageColumn, firstFew, nameColumn } from '../columns.ts'
import { TypedLocalObjectReference } from '../core/references.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import {
  atomicMessage,
  embedded,
  int32,
  list,
  message,
  oneOf,
  optional,
  required,
  requiredPointer,
  stored,
  string,
  type Static,
} from '../schema/schema.ts'

export const ServiceBackendPort = atomicMessage(
  'io.k8s.api.networking.v1.ServiceBackendPort',
  'A port of a service, by name or by number.',
  {
    name: optional(1, string(), 'Name of the port.'),
    number: optional(2, int32(), 'Number of the port.'),
  },
)
export type ServiceBackendPort = Static<typeof ServiceBackendPort>

export const IngressServiceBackend = message('io.k8s.api.networking.v1.IngressServiceBackend', 'A service that requests go to.', {
  name: required(1, string(), 'Name of the service, in the namespace of the ingress.'),
  port: embedded(2, ServiceBackendPort, 'The port of the service.'),
})
export type IngressServiceBackend = Static<typeof IngressServiceBackend>

export const IngressBackend = message('io.k8s.api.networking.v1.IngressBackend', 'Where requests go.', {
  resource: optional(3, TypedLocalObjectReference, 'An object of another kind that they go to; not together with service.'),
  service: optional(4, IngressServiceBackend, 'The service that they go to.'),
})
export type IngressBackend = Static<typeof IngressBackend>

export const HTTPIngressPath = message('io.k8s.api.networking.v1.HTTPIngressPath', 'Where requests with certain paths go.', {
  path: optional(1, string(), 'The path.'),
  backend: required(2, IngressBackend, 'Where the requests go.'),
  pathType: requiredPointer(3, string(), 'How it is compared: Exact, Prefix, or ImplementationSpecific.'),
})
export type HTTPIngressPath = Static<typeof HTTPIngressPath>

export const HTTPIngressRuleValue = message('io.k8s.api.networking.v1.HTTPIngressRuleValue', 'Where HTTP requests go, by their paths.', {
  paths: required(1, list(HTTPIngressPath), 'The paths.'),
})
export type HTTPIngressRuleValue = Static<typeof HTTPIngressRuleValue>

export const IngressRule = message('io.k8s.api.networking.v1.IngressRule', 'Where requests for a host go.', {
  http: optional(0, HTTPIngressRuleValue, 'Where HTTP requests go, by their paths.'),
  host: optional(1, string(), 'The host, such as example.com or *.example.com; all by default.'),
})
export type IngressRule = Static<typeof IngressRule>

export const IngressTLS = message('io.k8s.api.networking.v1.IngressTLS', 'Hosts that are reached over TLS.', {
  hosts: optional(1, list(string()), 'The hosts that the certificate is for.'),
  secretName: optional(2, string(), 'Secret with the certificate and its key.'),
})
export type IngressTLS = Static<typeof IngressTLS>

export const IngressSpec = message('io.k8s.api.networking.v1.IngressSpec', 'Which requests from outside go where.', {
  defaultBackend: optional(1, IngressBackend, 'Where requests go that no rule fits.'),
  tls: optional(2, list(IngressTLS), 'Hosts that are reached over TLS.'),
  rules: optional(3, list(IngressRule), 'Where requests go, by host; the default backend gets the rest.'),
  ingressClassName: optional(4, string({ presence: 'pointer' }), 'The class of controllers that serves the ingress.'),
})
export type IngressSpec = Static<typeof IngressSpec>

export const IngressPortStatus = message('io.k8s.api.networking.v1.IngressPortStatus', 'A port that the ingress is reached at.', {
  port: required(1, int32(), 'Number of the port.'),
  protocol: required(2, oneOf(['TCP', 'UDP', 'SCTP']), 'Protocol of the port.'),
  error: optional(3, string({ presence: 'pointer' }), 'What is wrong with it.'),
})
export type IngressPortStatus = Static<typeof IngressPortStatus>

export const IngressLoadBalancerIngress = message(
  'io.k8s.api.networking.v1.IngressLoadBalancerIngress',
  'An address that the ingress is reached at.',
  {
    ip: optional(1, string(), 'The address as an IP.'),
    hostname: optional(2, string(), 'The address as a name.'),
    ports: optional(4, list(IngressPortStatus), 'The ports that are open there.'),
  },
)
export type IngressLoadBalancerIngress = Static<typeof IngressLoadBalancerIngress>

export const IngressLoadBalancerStatus = message('io.k8s.api.networking.v1.IngressLoadBalancerStatus', 'Where the ingress is reached.', {
  ingress: optional(1, list(IngressLoadBalancerIngress), 'The addresses.'),
})
export type IngressLoadBalancerStatus = Static<typeof IngressLoadBalancerStatus>

export const IngressStatus = message('io.k8s.api.networking.v1.IngressStatus', 'Where the ingress is reached.', {
  loadBalancer: embedded(1, IngressLoadBalancerStatus, 'The addresses.'),
})
export type IngressStatus = Static<typeof IngressStatus>

export const IngressSchema = message('io.k8s.api.networking.v1.Ingress', 'Lets requests from outside reach services, by host and path.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: Ingress.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: embedded(2, IngressSpec, 'Which requests go where.'),
  status: embedded(3, IngressStatus, 'Where the ingress is reached.'),
})
export type Ingress = Static<typeof IngressSchema>

export const Ingress = defineKind(IngressSchema, {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  shortNames: ['ing'],
  namespaced: true,
  generation: true,
  subresources: { status: statusSubresource },
  validate: validateNewIngress,
  validateUpdate: validateIngress,
  validateStatusUpdate: validateIngressStatus,
  warnings: ({ metadata }) =>
    metadata.annotations?.['kubernetes.io/ingress.class'] === undefined
      ? []
      : ['annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead'],
  columns: [
    nameColumn,
    { name: 'Class', type: 'string', description: 'The class that serves it.', cell: ({ spec }) => spec.ingressClassName ?? '<none>' },
    { name: 'Hosts', type: 'string', description: 'Hosts that it is about.', cell: hostsOf },
    { name: 'Address', type: 'string', description: 'Where it is reached.', cell: addressesOf },
    { name: 'Ports', type: 'string', description: 'Ports that are open.', cell: ({ spec }) => (spec.tls?.length ? '80, 443' : '80') },
    ageColumn,
  ],
})

function hostsOf({ spec }: Ingress): string {
  return firstFew((spec.rules ?? []).flatMap(({ host }) => (host ? [host] : []))) ?? '*'
}

function addressesOf({ status }: Ingress): string {
  const addresses = (status.loadBalancer.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '')
  return [...new Set(addresses)]
    .filter(address => address)
    .sort()
    .join(',')
}
