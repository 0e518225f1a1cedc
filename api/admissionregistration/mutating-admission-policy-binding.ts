import { ParamRef } from './policy-parts.ts'
import { paramRefText, validateBinding } from './binding-validation.ts'
import { MatchResources } from './rules.ts'
import { withMatchDefaults } from './webhook-defaults.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, message, optional, stored, string, type Static } from '../schema/schema.ts'

export const MutatingAdmissionPolicyBindingSpec = message(
  'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBindingSpec',
  'Which policy holds for what.',
  {
    policyName: optional(1, string(), 'Name of the policy.'),
    paramRef: optional(2, ParamRef, 'Which parameters it uses.'),
    matchResources: optional(3, MatchResources, 'Which requests it is about, besides what the policy says.'),
  },
)
export type MutatingAdmissionPolicyBindingSpec = Static<typeof MutatingAdmissionPolicyBindingSpec>

export const MutatingAdmissionPolicyBindingSchema = message(
  'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBinding',
  'Puts a mutating policy into effect.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: MutatingAdmissionPolicyBinding.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: embedded(2, MutatingAdmissionPolicyBindingSpec, 'Which policy holds for what.'),
  },
)
export type MutatingAdmissionPolicyBinding = Static<typeof MutatingAdmissionPolicyBindingSchema>

export const MutatingAdmissionPolicyBinding = defineKind(MutatingAdmissionPolicyBindingSchema, {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  categories: ['api-extensions'],
  namespaced: false,
  generation: true,
  applyDefaults: binding => ({ ...binding, spec: withMatchDefaults(binding.spec, 'matchResources') }),
  validate: ({ spec }) => validateBinding(spec),
  columns: [
    nameColumn,
    { name: 'PolicyName', type: 'string', description: 'The policy.', cell: ({ spec }) => spec.policyName ?? '' },
    { name: 'ParamRef', type: 'string', description: 'Its parameters.', cell: ({ spec }) => paramRefText(spec.paramRef) },
    ageColumn,
  ],
})
