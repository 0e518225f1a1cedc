import type { MutatingAdmissionPolicy } from './mutating-admission-policy.ts'
import type { ParamRef } from './policy-parts.ts'
import type { MatchResources } from './rules.ts'
import type { ValidatingAdmissionPolicy } from './validating-admission-policy.ts'
import { validateRule } from './webhook-validation.ts'
import { eachAt, invalidAll } from '../core/pod-field-checks.ts'
import { dns1123SubdomainErrors } from '../names.ts'
import { fieldDuplicate, fieldForbidden, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

function validateMatch(match: MatchResources | undefined): FieldError[] {
  const path = 'spec.matchConstraints'
  if (!match) return [fieldRequired(path)]
  const rules = match.resourceRules ?? []
  return [
    ...(rules.length > 0 ? [] : [fieldRequired(`${path}.resourceRules`)]),
    ...eachAt(rules, `${path}.resourceRules`, validateRule),
    ...eachAt(match.excludeResourceRules ?? [], `${path}.excludeResourceRules`, validateRule),
  ]
}

const needsExpression = (expression: string | undefined, path: string, detail = ''): FieldError[] =>
  expression?.trim() ? [] : [fieldRequired(`${path}.expression`, detail)]

export function validateValidatingPolicy({ spec }: ValidatingAdmissionPolicy): FieldError[] {
  const { validations = [], auditAnnotations = [] } = spec
  const why = 'validations or auditAnnotations must contain at least one item'
  return [
    ...(validations.length + auditAnnotations.length > 0
      ? []
      : [fieldRequired('spec.validations', why), fieldRequired('spec.auditAnnotations', why)]),
    ...validateMatch(spec.matchConstraints),
    ...eachAt(validations, 'spec.validations', ({ expression }, path) => needsExpression(expression, path, 'expression is not specified')),
  ]
}

export function validateMutatingPolicy({ spec }: MutatingAdmissionPolicy): FieldError[] {
  const mutations = spec.mutations ?? []
  const policies = ['IfNeeded', 'Never']
  const { reinvocationPolicy: policy } = spec
  return [
    ...(mutations.length > 0 ? [] : [fieldRequired('spec.mutations', 'mutations must contain at least one item')]),
    ...validateMatch(spec.matchConstraints),
    ...eachAt(mutations, 'spec.mutations', ({ patchType, applyConfiguration, jsonPatch }, path) => {
      if (patchType === 'ApplyConfiguration')
        return applyConfiguration
          ? needsExpression(applyConfiguration.expression, `${path}.applyConfiguration`, 'expression is not specified')
          : [fieldRequired(`${path}.applyConfiguration`, 'must be specified when patchType is ApplyConfiguration')]
      if (patchType === 'JSONPatch')
        return jsonPatch
          ? needsExpression(jsonPatch.expression, `${path}.jsonPatch`, 'expression is not specified')
          : [fieldRequired(`${path}.jsonPatch`, 'must be specified when patchType is JSONPatch')]
      return [fieldNotSupported(`${path}.patchType`, patchType, ['ApplyConfiguration', 'JSONPatch'])]
    }),
    ...(policy
      ? policies.includes(policy)
        ? []
        : [fieldNotSupported('spec.reinvocationPolicy', policy, policies)]
      : [fieldRequired('spec.reinvocationPolicy')]),
  ]
}

export function validateBinding({ policyName = '', paramRef }: { policyName?: string; paramRef?: ParamRef }): FieldError[] {
  return [
    ...(policyName ? invalidAll('spec.policyName', policyName, dns1123SubdomainErrors(policyName)) : [fieldRequired('spec.policyName')]),
    ...(paramRef ? validateParamRef(paramRef, 'spec.paramRef') : []),
  ]
}

function validateParamRef({ name, selector, parameterNotFoundAction: action }: ParamRef, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (name && selector) errors.push(fieldForbidden(`${path}.name`, 'name and selector are mutually exclusive'))
  if (!name && !selector) errors.push(fieldRequired(path, 'one of name or selector must be specified'))
  if (action === undefined) return [...errors, fieldRequired(`${path}.parameterNotFoundAction`)]
  const actions = ['Allow', 'Deny']
  return actions.includes(action) ? errors : [...errors, fieldNotSupported(`${path}.parameterNotFoundAction`, action, actions)]
}

export function validateActions(actions: readonly string[]): FieldError[] {
  const path = 'spec.validationActions'
  const known = ['Audit', 'Deny', 'Warn']
  if (actions.length === 0) return [fieldRequired(path, 'at least one validation action is required')]
  return [
    ...eachAt(actions, path, (action, at) => (known.includes(action) ? [] : [fieldNotSupported(at, action, known)])),
    ...actions.flatMap((action, index) => (actions.indexOf(action) < index ? [fieldDuplicate(`${path}[${index}]`, action)] : [])),
  ]
}

export function paramRefText(reference: ParamRef | undefined): string {
  if (!reference) return '<unset>'
  const { name, namespace } = reference
  return namespace ? `${namespace}/${name || '*'}` : name || '*'
}
