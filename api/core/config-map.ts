import { ObjectMeta } from '../meta.ts'
import { boolean, bytes, embedded, map, message, optional, stored, string } from '../schema/schema.ts'

export const ConfigMapSchema = message('io.k8s.api.core.v1.ConfigMap', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  data: optional(2, map(string()), ''),
  binaryData: optional(3, map(bytes()), ''),
  immutable: optional(4, boolean(), ''),
})
