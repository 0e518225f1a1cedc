import { LabelSelector } from '../meta.ts'
import { atomicMessage, list, message, oneOf, optional, required, string, type Static } from '../schema/schema.ts'

export const RuleWithOperations = message('io.k8s.api.admissionregistration.v1.RuleWithOperations', 'Requests that are looked at.', {
  apiGroups: optional(0, list(string()), 'Groups of the resources; * is all.'),
  apiVersions: optional(0, list(string()), 'Versions of the resources; * is all.'),
  resources: optional(0, list(string()), 'The resources, with a slash for a part of one; * is all.'),
  scope: optional(0, string({ default: '*', presence: 'pointer' }), 'Whether Cluster or Namespaced resources are meant; * is both.'),
  operations: optional(1, list(string()), 'What they do: CREATE, UPDATE, DELETE, CONNECT; * is everything.'),
})
export type RuleWithOperations = Static<typeof RuleWithOperations>

export const NamedRuleWithOperations = atomicMessage(
  'io.k8s.api.admissionregistration.v1.NamedRuleWithOperations',
  'Requests that are looked at, down to single names.',
  {
    apiGroups: optional(0, list(string()), 'Groups of the resources; * is all.'),
    apiVersions: optional(0, list(string()), 'Versions of the resources; * is all.'),
    operations: optional(0, list(string()), 'What they do: CREATE, UPDATE, DELETE, CONNECT; * is everything.'),
    resources: optional(0, list(string()), 'The resources, with a slash for a part of one; * is all.'),
    scope: optional(0, string({ default: '*', presence: 'pointer' }), 'Whether Cluster or Namespaced resources are meant; * is both.'),
    resourceNames: optional(1, list(string()), 'Names of the objects; all by default.'),
  },
)
export type NamedRuleWithOperations = Static<typeof NamedRuleWithOperations>

export const MatchCondition = message('io.k8s.api.admissionregistration.v1.MatchCondition', 'A condition that a request must meet.', {
  name: required(1, string(), 'Name of the condition.'),
  expression: required(2, string(), 'The condition, in CEL.'),
})
export type MatchCondition = Static<typeof MatchCondition>

export const MatchResources = atomicMessage('io.k8s.api.admissionregistration.v1.MatchResources', 'Which requests and objects are meant.', {
  namespaceSelector: optional(1, LabelSelector, 'Labels of the namespace.'),
  objectSelector: optional(2, LabelSelector, 'Labels of the object.'),
  resourceRules: optional(3, list(NamedRuleWithOperations), 'Requests that are meant.'),
  excludeResourceRules: optional(4, list(NamedRuleWithOperations), 'Requests that are not, though they would be.'),
  matchPolicy: optional(
    7,
    oneOf(['Equivalent', 'Exact'], { default: 'Equivalent', presence: 'pointer' }),
    'Whether other versions of the resources are meant too (Equivalent) or not (Exact).',
  ),
})
export type MatchResources = Static<typeof MatchResources>
