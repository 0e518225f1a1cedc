import { message, optional, required, string, type Static } from '../schema/schema.ts'

export const ObjectReference = message('io.k8s.api.core.v1.ObjectReference', '', {
  apiVersion: optional(5, string(), ''),
  kind: optional(1, string(), ''),
  namespace: optional(2, string(), ''),
  name: optional(3, string(), ''),
  uid: optional(4, string(), ''),
  resourceVersion: optional(6, string(), ''),
  fieldPath: optional(7, string(), ''),
})
export type ObjectReference = Static<typeof ObjectReference>

export const LocalObjectReference = message('io.k8s.api.core.v1.LocalObjectReference', '', {
  name: optional(1, string(), ''),
})
export type LocalObjectReference = Static<typeof LocalObjectReference>

export const TypedLocalObjectReference = message('io.k8s.api.core.v1.TypedLocalObjectReference', '', {
  kind: required(2, string(), ''),
  apiGroup: optional(1, string({ presence: 'pointer' }), ''),
  name: required(3, string(), ''),
})
export type TypedLocalObjectReference = Static<typeof TypedLocalObjectReference>

export const TypedObjectReference = message('io.k8s.api.core.v1.TypedObjectReference', '', {
  kind: required(2, string(), ''),
  apiGroup: optional(1, string({ presence: 'pointer' }), ''),
  name: required(3, string(), ''),
  namespace: optional(4, string({ presence: 'pointer' }), ''),
})
export type TypedObjectReference = Static<typeof TypedObjectReference>

export const SecretReference = message('io.k8s.api.core.v1.SecretReference', '', {
  name: optional(1, string(), ''),
  namespace: optional(2, string(), ''),
})
export type SecretReference = Static<typeof SecretReference>
