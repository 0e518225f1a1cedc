import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectReference } from '../core/references.ts'
import { ObjectMeta } from '../meta.ts'
import { boolean, embedded, int32, list, map, message, optional, required, set, stored, string, type Static } from '../schema/schema.ts'

export const ForZone = message('io.k8s.api.discovery.v1.ForZone', '', {
  name: required(1, string(), ''),
})
export type ForZone = Static<typeof ForZone>

export const ForNode = message('io.k8s.api.discovery.v1.ForNode', '', {
  name: required(1, string(), ''),
})
export type ForNode = Static<typeof ForNode>

export const EndpointHints = message('io.k8s.api.discovery.v1.EndpointHints', '', {
  forZones: optional(1, list(ForZone), ''),
  forNodes: optional(2, list(ForNode), ''),
})
export type EndpointHints = Static<typeof EndpointHints>

export const EndpointConditions = message('io.k8s.api.discovery.v1.EndpointConditions', '', {
  ready: optional(1, boolean(), ''),
  serving: optional(2, boolean(), ''),
  terminating: optional(3, boolean(), ''),
})
export type EndpointConditions = Static<typeof EndpointConditions>

export const Endpoint = message('io.k8s.api.discovery.v1.Endpoint', '', {
  addresses: required(1, set(string()), ''),
  conditions: optional(2, EndpointConditions, ''),
  hostname: optional(3, string(), ''),
  targetRef: optional(4, ObjectReference, ''),
  deprecatedTopology: optional(5, map(string()), ''),
  nodeName: optional(6, string(), ''),
  zone: optional(7, string(), ''),
  hints: optional(8, EndpointHints, ''),
})
export type Endpoint = Static<typeof Endpoint>

export const EndpointPort = message('io.k8s.api.discovery.v1.EndpointPort', '', {
  name: optional(1, string(), ''),
  protocol: optional(2, string(), ''),
  port: optional(3, int32(), ''),
  appProtocol: optional(4, string(), ''),
})
export type EndpointPort = Static<typeof EndpointPort>

export const EndpointSliceSchema = message('io.k8s.api.discovery.v1.EndpointSlice', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  endpoints: optional(2, list(Endpoint), ''),
  ports: optional(3, list(EndpointPort), ''),
  addressType: required(4, string(), ''),
})
export type EndpointSlice = Static<typeof EndpointSliceSchema>

export const EndpointSlice = defineKind(EndpointSliceSchema, {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
  columns: [nameColumn, ageColumn],
})
