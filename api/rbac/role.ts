import { PolicyRule } from './policy-rule.ts'
import { validateRules } from './rbac-validation.ts'
import { createdAtColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { pathSegmentNameErrors } from '../names.ts'
import { embedded, list, message, stored, string, type Static } from '../schema/schema.ts'

export const RoleSchema = message('io.k8s.api.rbac.v1.Role', 'Rights within a namespace, to be given by role bindings.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: Role.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  rules: embedded(2, list(PolicyRule), 'What is allowed.'),
})
export type Role = Static<typeof RoleSchema>

export const Role = defineKind(RoleSchema, {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
  createOnUpdate: true,
  validateName: pathSegmentNameErrors,
  validate: ({ rules }) => validateRules(rules, { namespaced: true }),
  columns: [nameColumn, createdAtColumn],
})
