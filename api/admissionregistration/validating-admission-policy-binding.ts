import { ParamRef } from './policy-parts.ts'
import { paramRefText, validateBinding, validateActions } from './binding-validation.ts'
import { MatchResources } from './rules.ts'
import { withMatchDefaults } from './webhook-defaults.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, message, optional, required, set, stored, string, type Static } from '../schema/schema.ts'

export const ValidatingAdmissionPolicyBindingSpec = message(
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec',
  'Which policy holds for what.',
  {
    policyName: required(1, string(), 'Name of the policy.'),
    paramRef: optional(2, ParamRef, 'Which parameters it uses.'),
    matchResources: optional(3, MatchResources, 'Which requests it is about, besides what the policy says.'),
    validationActions: required(4, set(string()), 'What happens when a validation fails: Deny, Warn, Audit.'),
  },
)
export type ValidatingAdmissionPolicyBindingSpec = Static<typeof ValidatingAdmissionPolicyBindingSpec>

export const ValidatingAdmissionPolicyBindingSchema = message(
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding',
  'Puts a validating policy into effect.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: ValidatingAdmissionPolicyBinding.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: required(2, ValidatingAdmissionPolicyBindingSpec, 'Which policy holds for what.'),
  },
)
export type ValidatingAdmissionPolicyBinding = Static<typeof ValidatingAdmissionPolicyBindingSchema>

export const ValidatingAdmissionPolicyBinding = defineKind(ValidatingAdmissionPolicyBindingSchema, {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  categories: ['api-extensions'],
  namespaced: false,
  generation: true,
  applyDefaults: binding => ({ ...binding, spec: withMatchDefaults(binding.spec, 'matchResources') }),
  validate: ({ spec }) => [...validateBinding(spec), ...validateActions(spec.validationActions)],
  columns: [
    nameColumn,
    { name: 'PolicyName', type: 'string', description: 'The policy.', cell: ({ spec }) => spec.policyName },
    { name: 'ParamRef', type: 'string', description: 'Its parameters.', cell: ({ spec }) => paramRefText(spec.paramRef) },
    ageColumn,
  ],
})
