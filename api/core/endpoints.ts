import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectReference } from './references.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, int32, list, message, optional, required, stored, string, type Static } from '../schema/schema.ts'

export const EndpointAddress = message('io.k8s.api.core.v1.EndpointAddress', '', {
  ip: required(1, string(), ''),
  targetRef: optional(2, ObjectReference, ''),
  hostname: optional(3, string(), ''),
  nodeName: optional(4, string(), ''),
})
export type EndpointAddress = Static<typeof EndpointAddress>

export const EndpointPort = message('io.k8s.api.core.v1.EndpointPort', '', {
  name: optional(1, string(), ''),
  port: required(2, int32(), ''),
  protocol: optional(3, string(), ''),
  appProtocol: optional(4, string(), ''),
})
export type EndpointPort = Static<typeof EndpointPort>

export const EndpointSubset = message('io.k8s.api.core.v1.EndpointSubset', '', {
  addresses: optional(1, list(EndpointAddress), ''),
  notReadyAddresses: optional(2, list(EndpointAddress), ''),
  ports: optional(3, list(EndpointPort), ''),
})
export type EndpointSubset = Static<typeof EndpointSubset>

export const EndpointsSchema = message('io.k8s.api.core.v1.Endpoints', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  subsets: optional(2, list(EndpointSubset), ''),
})
export type Endpoints = Static<typeof EndpointsSchema>

export const Endpoints = defineKind(EndpointsSchema, {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  columns: [nameColumn, ageColumn],
})
