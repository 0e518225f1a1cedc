import { ObjectMeta } from '../meta.ts'
import { boolean, bytes, embedded, map, message, optional, stored, string } from '../schema/schema.ts'

export const SecretSchema = message('io.k8s.api.core.v1.Secret', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  data: optional(2, map(bytes()), ''),
  type: optional(3, string(), ''),
  stringData: optional(4, map(string()), ''),
  immutable: optional(5, boolean(), ''),
})
