import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, list, listMap, message, optional, required, stored, string, time, type Static } from '../schema/schema.ts'

export const NamespaceSpec = message('io.k8s.api.core.v1.NamespaceSpec', '', {
  finalizers: optional(1, list(string()), ''),
})
export type NamespaceSpec = Static<typeof NamespaceSpec>

export const NamespaceCondition = message('io.k8s.api.core.v1.NamespaceCondition', '', {
  type: required(1, string(), ''),
  status: required(2, string(), ''),
  lastTransitionTime: optional(4, time(), ''),
  reason: optional(5, string(), ''),
  message: optional(6, string(), ''),
})
export type NamespaceCondition = Static<typeof NamespaceCondition>

export const NamespaceStatus = message('io.k8s.api.core.v1.NamespaceStatus', '', {
  phase: optional(1, string(), ''),
  conditions: optional(2, listMap(NamespaceCondition, ['type']), ''),
})
export type NamespaceStatus = Static<typeof NamespaceStatus>

export const NamespaceSchema = message('io.k8s.api.core.v1.Namespace', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  spec: embedded(2, NamespaceSpec, ''),
  status: embedded(3, NamespaceStatus, ''),
})
export type Namespace = Static<typeof NamespaceSchema>

export const Namespace = defineKind(NamespaceSchema, {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: { status: { type: 'status', verbs: ['get', 'patch', 'update'] }, finalize: { type: 'update', verbs: ['update'] } },
  columns: [nameColumn, ageColumn],
})
