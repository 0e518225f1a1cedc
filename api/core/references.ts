import { atomicMessage, message, optional, required, string, type Static } from '../schema/schema.ts'

export const ObjectReference = atomicMessage('io.k8s.api.core.v1.ObjectReference', 'Names an object of any kind.', {
  apiVersion: optional(5, string(), 'Version of the API that the object follows, such as `v1`.'),
  kind: optional(1, string(), 'Kind of the object.'),
  namespace: optional(2, string(), 'Namespace of the object.'),
  name: optional(3, string(), 'Name of the object.'),
  uid: optional(4, string(), 'Id of the object.'),
  resourceVersion: optional(6, string(), 'Version of the object that is meant.'),
  fieldPath: optional(7, string(), 'Part of the object that is meant, such as `spec.containers{web}`.'),
})
export type ObjectReference = Static<typeof ObjectReference>

export const LocalObjectReference = atomicMessage('io.k8s.api.core.v1.LocalObjectReference', 'Names an object in the same namespace.', {
  name: optional(1, string(), 'Name of the object.'),
})
export type LocalObjectReference = Static<typeof LocalObjectReference>

export const TypedLocalObjectReference = atomicMessage(
  'io.k8s.api.core.v1.TypedLocalObjectReference',
  'Names an object of some kind in the same namespace.',
  {
    kind: required(2, string(), 'Kind of the object.'),
    apiGroup: optional(1, string({ presence: 'pointer' }), 'API group of the kind; absent for the core group.'),
    name: required(3, string(), 'Name of the object.'),
  },
)
export type TypedLocalObjectReference = Static<typeof TypedLocalObjectReference>

export const TypedObjectReference = message(
  'io.k8s.api.core.v1.TypedObjectReference',
  'Names an object of some kind, possibly in another namespace.',
  {
    kind: required(2, string(), 'Kind of the object.'),
    apiGroup: optional(1, string({ presence: 'pointer' }), 'API group of the kind; absent for the core group.'),
    name: required(3, string(), 'Name of the object.'),
    namespace: optional(4, string({ presence: 'pointer' }), 'Namespace of the object. Default: the same.'),
  },
)
export type TypedObjectReference = Static<typeof TypedObjectReference>

export const SecretReference = atomicMessage('io.k8s.api.core.v1.SecretReference', 'Names a Secret in some namespace.', {
  name: optional(1, string(), 'Name of the Secret.'),
  namespace: optional(2, string(), 'Namespace of the Secret.'),
})
export type SecretReference = Static<typeof SecretReference>
