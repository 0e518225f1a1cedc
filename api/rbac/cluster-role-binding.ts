import { bindingColumns, withSubjectGroups } from './bindings.ts'
import { validateBinding, validateBindingUpdate } from './rbac-validation.ts'
import { RoleRef, Subject } from './role-ref.ts'
import { nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { pathSegmentNameErrors } from '../names.ts'
import { embedded, list, message, optional, required, stored, string, type Static } from '../schema/schema.ts'

export const ClusterRoleBindingSchema = message(
  'io.k8s.api.rbac.v1.ClusterRoleBinding',
  'Gives the rights of a cluster role in all namespaces.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: ClusterRoleBinding.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    subjects: optional(2, list(Subject), 'Who gets them.'),
    roleRef: required(3, RoleRef, 'The cluster role; it cannot be changed.'),
  },
)
export type ClusterRoleBinding = Static<typeof ClusterRoleBindingSchema>

export const ClusterRoleBinding = defineKind(ClusterRoleBindingSchema, {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
  createOnUpdate: true,
  validateName: pathSegmentNameErrors,
  applyDefaults: withSubjectGroups,
  validate: binding => validateBinding(binding, { namespaced: false }),
  validateUpdate: (next, current) => validateBindingUpdate(next, current, { namespaced: false }),
  columns: [nameColumn, ...bindingColumns],
})
