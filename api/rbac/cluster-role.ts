import { PolicyRule } from './policy-rule.ts'
import { validateAggregation, validateRules } from './rbac-validation.ts'
import { createdAtColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { LabelSelector, ObjectMeta } from '../meta.ts'
import { pathSegmentNameErrors } from '../names.ts'
import { embedded, list, message, optional, stored, string, type Static } from '../schema/schema.ts'

export const AggregationRule = message(
  'io.k8s.api.rbac.v1.AggregationRule',
  'Which other cluster roles a cluster role is put together from.',
  {
    clusterRoleSelectors: optional(
      1,
      list(LabelSelector),
      'Selectors of cluster roles; the rules of all that one of them selects are taken over.',
    ),
  },
)
export type AggregationRule = Static<typeof AggregationRule>

export const ClusterRoleSchema = message(
  'io.k8s.api.rbac.v1.ClusterRole',
  'Rights in the whole cluster, to be given by bindings in one namespace or in all.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: ClusterRole.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    rules: embedded(2, list(PolicyRule), 'What is allowed.'),
    aggregationRule: optional(3, AggregationRule, 'Which other cluster roles the rules are taken from.'),
  },
)
export type ClusterRole = Static<typeof ClusterRoleSchema>

export const ClusterRole = defineKind(ClusterRoleSchema, {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
  createOnUpdate: true,
  validateName: pathSegmentNameErrors,
  validate: ({ rules, aggregationRule }) => [...validateRules(rules, { namespaced: false }), ...validateAggregation(aggregationRule)],
  columns: [nameColumn, createdAtColumn],
})
