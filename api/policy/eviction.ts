import { defineKind } from '../kind.ts'
import { DeleteOptions, ObjectMeta } from '../meta.ts'
import { embedded, message, optional, stored, string, type Static } from '../schema/schema.ts'

export const EvictionSchema = message('io.k8s.api.policy.v1.Eviction', 'Asks for a pod to be removed, if disruption budgets allow it.', {
  apiVersion: stored(0, string(), 'Version of the API that the object follows, such as `v1`.'),
  kind: stored(0, string(), 'What the object is.'),
  metadata: embedded(1, ObjectMeta, 'Name and namespace of the pod.'),
  deleteOptions: optional(2, DeleteOptions, 'How to delete the pod.'),
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
