import { ParamKind, Variable } from './policy-parts.ts'
import { validateMutatingPolicy } from './policy-validation.ts'
import { MatchCondition, MatchResources } from './rules.ts'
import { withMatchDefaults } from './webhook-defaults.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, list, listMap, message, oneOf, optional, required, stored, string, type Static } from '../schema/schema.ts'

export const ApplyConfiguration = message('io.k8s.api.admissionregistration.v1.ApplyConfiguration', 'A change as a part of an object.', {
  expression: optional(1, string(), 'An expression that makes the part, in CEL.'),
})
export type ApplyConfiguration = Static<typeof ApplyConfiguration>

export const JSONPatch = message('io.k8s.api.admissionregistration.v1.JSONPatch', 'A change as a JSON patch.', {
  expression: optional(1, string(), 'An expression that makes the patch, in CEL.'),
})
export type JSONPatch = Static<typeof JSONPatch>

export const Mutation = message('io.k8s.api.admissionregistration.v1.Mutation', 'A change of objects.', {
  patchType: required(2, string(), 'How it is given: ApplyConfiguration or JSONPatch.'),
  applyConfiguration: optional(3, ApplyConfiguration, 'The change as a part of an object.'),
  jsonPatch: optional(4, JSONPatch, 'The change as a JSON patch.'),
})
export type Mutation = Static<typeof Mutation>

export const MutatingAdmissionPolicySpec = message(
  'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicySpec',
  'What is changed in which objects.',
  {
    paramKind: optional(1, ParamKind, 'The kind of objects with parameters.'),
    matchConstraints: optional(2, MatchResources, 'Which requests it is about.'),
    variables: optional(3, list(Variable), 'Expressions with names that others can use.'),
    mutations: optional(4, list(Mutation), 'The changes.'),
    failurePolicy: optional(
      5,
      oneOf(['Fail', 'Ignore'], { default: 'Fail', presence: 'pointer' }),
      'What happens when an expression cannot be evaluated: Fail refuses the request, Ignore goes on.',
    ),
    matchConditions: optional(6, listMap(MatchCondition, ['name']), 'Conditions that the request must meet.'),
    reinvocationPolicy: optional(7, string(), 'Whether it is asked again when others change the object afterwards: Never or IfNeeded.'),
  },
)
export type MutatingAdmissionPolicySpec = Static<typeof MutatingAdmissionPolicySpec>

export const MutatingAdmissionPolicySchema = message(
  'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicy',
  'Changes objects on their way in by expressions, where a binding says so.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: MutatingAdmissionPolicy.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: embedded(2, MutatingAdmissionPolicySpec, 'What is changed in which objects.'),
  },
)
export type MutatingAdmissionPolicy = Static<typeof MutatingAdmissionPolicySchema>

export const MutatingAdmissionPolicy = defineKind(MutatingAdmissionPolicySchema, {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
  generation: true,
  applyDefaults: policy => ({ ...policy, spec: withMatchDefaults(policy.spec, 'matchConstraints') }),
  validate: policy => validateMutatingPolicy(policy),
  validateUpdate: validateMutatingPolicy,
  columns: [
    nameColumn,
    { name: 'Mutations', type: 'integer', description: 'How many there are.', cell: ({ spec }) => spec.mutations?.length ?? 0 },
    {
      name: 'ParamKind',
      type: 'string',
      description: 'The kind of its parameters.',
      cell: ({ spec: { paramKind } }) => (paramKind ? `${paramKind.apiVersion ?? ''}/${paramKind.kind ?? ''}` : '<unset>'),
    },
    ageColumn,
  ],
})
