import { ObjectReference } from './references.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, message, required, stored, string } from '../schema/schema.ts'

export const BindingSchema = message('io.k8s.api.core.v1.Binding', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  target: required(2, ObjectReference, ''),
})
