import { bindingColumns, withSubjectGroups } from './bindings.ts'
import { validateBinding, validateBindingUpdate } from './rbac-validation.ts'
import { RoleRef, Subject } from './role-ref.ts'
import { nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { pathSegmentNameErrors } from '../names.ts'
import { embedded, list, message, optional, required, stored, string, type Static } from '../schema/schema.ts'

export const RoleBindingSchema = message('io.k8s.api.rbac.v1.RoleBinding', 'Gives the rights of a role within a namespace.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: RoleBinding.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  subjects: optional(2, list(Subject), 'Who gets them.'),
  roleRef: required(3, RoleRef, 'The role; it cannot be changed.'),
})
export type RoleBinding = Static<typeof RoleBindingSchema>

export const RoleBinding = defineKind(RoleBindingSchema, {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
  createOnUpdate: true,
  validateName: pathSegmentNameErrors,
  applyDefaults: withSubjectGroups,
  validate: binding => validateBinding(binding, { namespaced: true }),
  validateUpdate: (next, current) => validateBindingUpdate(next, current, { namespaced: true }),
  columns: [nameColumn, ...bindingColumns],
})
