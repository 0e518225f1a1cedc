import { LocalObjectReference, ObjectReference } from './references.ts'
import { ObjectMeta } from '../meta.ts'
import { boolean, embedded, list, listMap, message, optional, stored, string } from '../schema/schema.ts'

export const ServiceAccountSchema = message('io.k8s.api.core.v1.ServiceAccount', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  secrets: optional(2, listMap(ObjectReference, ['name']), ''),
  imagePullSecrets: optional(3, list(LocalObjectReference), ''),
  automountServiceAccountToken: optional(4, boolean(), ''),
})
