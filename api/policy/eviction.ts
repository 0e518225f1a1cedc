import { defineKind } from '../kind.ts'
import { DeleteOptions, ObjectMeta } from '../meta.ts'
import { embedded, message, optional, stored, string, type Static } from '../schema/schema.ts'

export const EvictionSchema = message('io.k8s.api.policy.v1.Eviction', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  deleteOptions: optional(2, DeleteOptions, ''),
})
export type Eviction = Static<typeof EvictionSchema>

/** Reached only as the `eviction` subresource of pods: a delete that respects disruption budgets. */
export const Eviction = defineKind(EvictionSchema, {
  group: 'policy',
  version: 'v1',
  kind: 'Eviction',
  plural: 'evictions',
  namespaced: true,
  verbs: ['create'],
  columns: [],
})
