import { DeleteOptions, ObjectMeta } from '../meta.ts'
import { embedded, message, optional, stored, string } from '../schema/schema.ts'

export const EvictionSchema = message('io.k8s.api.policy.v1.Eviction', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  deleteOptions: optional(2, DeleteOptions, ''),
})
