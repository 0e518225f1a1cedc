import { ParamKind, Variable } from './policy-parts.ts'
import { validateValidatingPolicy } from './policy-validation.ts'
import { MatchCondition, MatchResources } from './rules.ts'
import { withMatchDefaults } from './webhook-defaults.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { Condition, ObjectMeta } from '../meta.ts'
import { embedded, int64, list, listMap, message, oneOf, optional, required, stored, string, type Static } from '../schema/schema.ts'

export const Validation = message('io.k8s.api.admissionregistration.v1.Validation', 'An expression that must be true.', {
  expression: required(0, string(), 'The expression, in CEL.'),
  message: optional(2, string(), 'What is said when it is not.'),
  reason: optional(3, string({ presence: 'pointer' }), 'Why, as one word for programs.'),
  messageExpression: optional(4, string(), 'An expression that makes the message.'),
})
export type Validation = Static<typeof Validation>

export const AuditAnnotation = message('io.k8s.api.admissionregistration.v1.AuditAnnotation', 'A note for the audit log.', {
  key: required(1, string(), 'Its key.'),
  valueExpression: required(2, string(), 'An expression that makes its value.'),
})
export type AuditAnnotation = Static<typeof AuditAnnotation>

export const ValidatingAdmissionPolicySpec = message(
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicySpec',
  'What must be true of which requests.',
  {
    paramKind: optional(1, ParamKind, 'The kind of objects with parameters.'),
    matchConstraints: optional(2, MatchResources, 'Which requests it is about.'),
    validations: optional(3, list(Validation), 'Expressions that must be true.'),
    failurePolicy: optional(
      4,
      oneOf(['Fail', 'Ignore'], { default: 'Fail', presence: 'pointer' }),
      'What happens when an expression cannot be evaluated: Fail refuses the request, Ignore goes on.',
    ),
    auditAnnotations: optional(5, list(AuditAnnotation), 'Notes for the audit log.'),
    matchConditions: optional(6, listMap(MatchCondition, ['name']), 'Conditions that the request must meet.'),
    variables: optional(7, listMap(Variable, ['name']), 'Expressions with names that others can use.'),
  },
)
export type ValidatingAdmissionPolicySpec = Static<typeof ValidatingAdmissionPolicySpec>

export const ExpressionWarning = message('io.k8s.api.admissionregistration.v1.ExpressionWarning', 'Something odd about an expression.', {
  fieldRef: required(2, string(), 'Where the expression stands.'),
  warning: required(3, string(), 'What is odd.'),
})
export type ExpressionWarning = Static<typeof ExpressionWarning>

export const TypeChecking = message('io.k8s.api.admissionregistration.v1.TypeChecking', 'What a check of the types in expressions found.', {
  expressionWarnings: optional(1, list(ExpressionWarning), 'Odd expressions.'),
})
export type TypeChecking = Static<typeof TypeChecking>

export const ValidatingAdmissionPolicyStatus = message(
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyStatus',
  'Whether the policy makes sense.',
  {
    observedGeneration: optional(1, int64(), 'Generation of the spec that this status is about.'),
    typeChecking: optional(2, TypeChecking, 'What a check of the types found.'),
    conditions: optional(3, listMap(Condition, ['type'], { patchStrategy: 'replace' }), 'Aspects of the state.'),
  },
)
export type ValidatingAdmissionPolicyStatus = Static<typeof ValidatingAdmissionPolicyStatus>

export const ValidatingAdmissionPolicySchema = message(
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy',
  'Refuses requests by expressions, where a binding says so.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: ValidatingAdmissionPolicy.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: embedded(2, ValidatingAdmissionPolicySpec, 'What must be true of which requests.'),
    status: embedded(3, ValidatingAdmissionPolicyStatus, 'Whether the policy makes sense.'),
  },
)
export type ValidatingAdmissionPolicy = Static<typeof ValidatingAdmissionPolicySchema>

export const ValidatingAdmissionPolicy = defineKind(ValidatingAdmissionPolicySchema, {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
  generation: true,
  subresources: { status: statusSubresource },
  statusKeeps: 'metadata',
  applyDefaults: policy => ({ ...policy, spec: withMatchDefaults(policy.spec, 'matchConstraints') }),
  validate: policy => validateValidatingPolicy(policy),
  validateUpdate: validateValidatingPolicy,
  columns: [
    nameColumn,
    { name: 'Validations', type: 'integer', description: 'How many there are.', cell: ({ spec }) => spec.validations?.length ?? 0 },
    {
      name: 'ParamKind',
      type: 'string',
      description: 'The kind of its parameters.',
      cell: ({ spec: { paramKind } }) => (paramKind ? `${paramKind.apiVersion ?? ''}/${paramKind.kind ?? ''}` : '<unset>'),
    },
    ageColumn,
  ],
})
