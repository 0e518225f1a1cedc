import { atomicMessage, embedded, optional, required, string, type Static } from '../schema/schema.ts'

export const Subject = atomicMessage('io.k8s.api.rbac.v1.Subject', 'Who gets rights.', {
  kind: required(1, string(), 'User, Group or ServiceAccount.'),
  apiGroup: optional(2, string(), 'rbac.authorization.k8s.io for users and groups, empty for service accounts.'),
  name: required(3, string(), 'Name of the user, group or service account.'),
  namespace: optional(4, string(), 'Namespace of the service account.'),
})
export type Subject = Static<typeof Subject>

export const RoleRef = atomicMessage('io.k8s.api.rbac.v1.RoleRef', 'The role whose rights are given.', {
  apiGroup: embedded(1, string({ default: 'rbac.authorization.k8s.io' }), 'Group of the role: rbac.authorization.k8s.io.'),
  kind: required(2, string(), 'Role or ClusterRole.'),
  name: required(3, string(), 'Name of the role.'),
})
export type RoleRef = Static<typeof RoleRef>
