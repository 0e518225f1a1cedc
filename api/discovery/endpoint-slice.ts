import { validateEndpointSlice, validateEndpointSliceUpdate } from './endpoint-slice-validation.ts'
import { ageColumn, firstFew, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectReference } from '../core/references.ts'
import { Protocol } from '../core/service.ts'
import { ObjectMeta } from '../meta.ts'
import { dns1123SubdomainErrors, nameCheck } from '../names.ts'
import {
  atomicMessage,
  boolean,
  embedded,
  int32,
  list,
  map,
  message,
  oneOf,
  optional,
  required,
  set,
  stored,
  string,
  type Static,
} from '../schema/schema.ts'

export const ForZone = message('io.k8s.api.discovery.v1.ForZone', 'A zone that should use an endpoint.', {
  name: required(1, string(), 'Name of the zone.'),
})
export type ForZone = Static<typeof ForZone>

export const ForNode = message('io.k8s.api.discovery.v1.ForNode', 'A node that should use an endpoint.', {
  name: required(1, string(), 'Name of the node.'),
})
export type ForNode = Static<typeof ForNode>

export const EndpointHints = message('io.k8s.api.discovery.v1.EndpointHints', 'Who should prefer an endpoint.', {
  forZones: optional(1, list(ForZone), 'Zones that should use it.'),
  forNodes: optional(2, list(ForNode), 'Nodes that should use it.'),
})
export type EndpointHints = Static<typeof EndpointHints>

export const EndpointConditions = message('io.k8s.api.discovery.v1.EndpointConditions', 'What state an endpoint is in.', {
  ready: optional(1, boolean({ presence: 'pointer' }), 'Whether it should get new traffic; unknown counts as yes.'),
  serving: optional(2, boolean({ presence: 'pointer' }), 'Whether it is able to answer, even while it ends.'),
  terminating: optional(3, boolean({ presence: 'pointer' }), 'Whether it is ending.'),
})
export type EndpointConditions = Static<typeof EndpointConditions>

export const Endpoint = message('io.k8s.api.discovery.v1.Endpoint', 'One backend of a service.', {
  addresses: required(1, set(string()), 'Addresses that all lead to it; only the first is used.'),
  conditions: embedded(2, EndpointConditions, 'What state it is in.'),
  hostname: optional(3, string({ presence: 'pointer' }), 'Host name of the pod.'),
  targetRef: optional(4, ObjectReference, 'The pod behind it.'),
  deprecatedTopology: optional(5, map(string()), 'Obsolete; nodeName and zone have taken its place.'),
  nodeName: optional(6, string({ presence: 'pointer' }), 'Node that it is on.'),
  zone: optional(7, string({ presence: 'pointer' }), 'Zone that it is in.'),
  hints: optional(8, EndpointHints, 'Who should prefer it.'),
})
export type Endpoint = Static<typeof Endpoint>

export const EndpointPort = atomicMessage('io.k8s.api.discovery.v1.EndpointPort', 'A port that all endpoints of a slice share.', {
  name: optional(1, string({ default: '', presence: 'pointer' }), 'Name of the port, as the service has it.'),
  protocol: optional(2, { ...Protocol, presence: 'pointer' }, 'TCP, UDP or SCTP.'),
  port: optional(3, int32({ presence: 'pointer' }), 'Number of the port.'),
  appProtocol: optional(4, string({ presence: 'pointer' }), 'What is spoken on the port.'),
})
export type EndpointPort = Static<typeof EndpointPort>

export const EndpointSliceSchema = message('io.k8s.api.discovery.v1.EndpointSlice', 'Some of the backends of a service.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: EndpointSlice.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  endpoints: embedded(2, list(Endpoint), 'The backends, at most 1000.'),
  ports: embedded(3, list(EndpointPort), 'Ports at which all of them are reached.'),
  addressType: required(4, oneOf(['FQDN', 'IPv4', 'IPv6']), 'What the addresses are: IPv4, IPv6 or FQDN.'),
})
export type EndpointSlice = Static<typeof EndpointSliceSchema>

export const EndpointSlice = defineKind(EndpointSliceSchema, {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
  generation: true,
  createOnUpdate: true,
  validateName: nameCheck(dns1123SubdomainErrors),
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
  columns: [
    nameColumn,
    { name: 'AddressType', type: 'string', description: 'What the addresses are.', cell: slice => slice.addressType },
    {
      name: 'Ports',
      type: 'string',
      description: 'Ports at which the endpoints are reached.',
      cell: ({ ports = [] }) => firstFew(ports.map(({ port, name }) => (port === undefined ? (name ?? '*') : String(port)))) ?? '<unset>',
    },
    {
      name: 'Endpoints',
      type: 'string',
      description: 'Addresses of the endpoints.',
      cell: ({ endpoints = [] }) => firstFew(endpoints.flatMap(({ addresses }) => addresses)) ?? '<unset>',
    },
    ageColumn,
  ],
})
