import { Protocol } from './service.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { formatEndpoints } from './endpoints-printer.ts'
import { validateEndpoints } from './endpoints-validation.ts'
import { ObjectReference } from './references.ts'
import { ObjectMeta } from '../meta.ts'
import { dns1123SubdomainErrors, nameCheck } from '../names.ts'
import { atomicMessage, embedded, int32, list, message, optional, required, stored, string, type Static } from '../schema/schema.ts'

export const EndpointAddress = atomicMessage('io.k8s.api.core.v1.EndpointAddress', 'One address behind a service.', {
  ip: required(1, string(), 'The address.'),
  targetRef: optional(2, ObjectReference, 'The pod that has it.'),
  hostname: optional(3, string(), 'Host name of the pod.'),
  nodeName: optional(4, string({ presence: 'pointer' }), 'Node that it is on.'),
})
export type EndpointAddress = Static<typeof EndpointAddress>

export const EndpointPort = atomicMessage('io.k8s.api.core.v1.EndpointPort', 'One port that addresses are reached at.', {
  name: optional(1, string(), 'Name of the port, as the service has it.'),
  port: required(2, int32(), 'Number of the port.'),
  protocol: optional(3, Protocol, 'TCP, UDP or SCTP.'),
  appProtocol: optional(4, string({ presence: 'pointer' }), 'What is spoken on the port.'),
})
export type EndpointPort = Static<typeof EndpointPort>

export const EndpointSubset = message('io.k8s.api.core.v1.EndpointSubset', 'Addresses that share their ports.', {
  addresses: optional(1, list(EndpointAddress), 'Addresses that take traffic.'),
  notReadyAddresses: optional(2, list(EndpointAddress), 'Addresses that are not ready for traffic.'),
  ports: optional(3, list(EndpointPort), 'Ports at which the addresses are reached.'),
})
export type EndpointSubset = Static<typeof EndpointSubset>

export const EndpointsSchema = message(
  'io.k8s.api.core.v1.Endpoints',
  'The addresses behind a service of the same name; EndpointSlices have taken its place.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: Endpoints.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    subsets: optional(2, list(EndpointSubset), 'Addresses and ports.'),
  },
)
export type Endpoints = Static<typeof EndpointsSchema>

export const Endpoints = defineKind(EndpointsSchema, {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  createOnUpdate: true,
  validateName: nameCheck(dns1123SubdomainErrors),
  validate: validateEndpoints,
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  columns: [
    nameColumn,
    { name: 'Endpoints', type: 'string', description: 'Addresses and ports that take traffic.', cell: formatEndpoints },
    ageColumn,
  ],
})
