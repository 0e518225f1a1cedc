import type { ParamRef } from './policy-parts.ts'
import { oneOf, validateMatch } from './rule-validation.ts'
import type { MatchResources } from './rules.ts'
import { eachAt, invalidAll } from '../core/pod-field-checks.ts'
import { validateLabelSelector } from '../label-selector.ts'
import { dns1123SubdomainErrors, pathSegmentNameErrors } from '../names.ts'
import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'

interface BindingSpec {
  readonly policyName?: string
  readonly paramRef?: ParamRef
  readonly matchResources?: MatchResources
}

export function validateBinding({ policyName = '', paramRef, matchResources }: BindingSpec): FieldError[] {
  return [
    ...(policyName ? invalidAll('spec.policyName', policyName, dns1123SubdomainErrors(policyName)) : [fieldRequired('spec.policyName')]),
    ...(paramRef ? validateParamRef(paramRef, 'spec.paramRef') : []),
    ...validateMatch(matchResources, 'spec.matchResources'),
  ]
}

function validateParamRef({ name = '', selector, parameterNotFoundAction: action = '' }: ParamRef, path: string): FieldError[] {
  const exclusive = (field: string) =>
    name && selector ? [fieldForbidden(`${path}.${field}`, 'name and selector are mutually exclusive')] : []
  return [
    ...invalidAll(`${path}.name`, name, pathSegmentNameErrors(name)),
    ...exclusive('name'),
    ...validateLabelSelector(selector, `${path}.selector`),
    ...exclusive('selector'),
    ...(name || selector ? [] : [fieldRequired(path, 'one of name or selector must be specified')]),
    ...(action ? oneOf(action, `${path}.parameterNotFoundAction`, ['Deny', 'Allow']) : [fieldRequired(`${path}.parameterNotFoundAction`)]),
  ]
}

const noBoth =
  'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)'

export function validateActions(actions: readonly string[]): FieldError[] {
  const path = 'spec.validationActions'
  return [
    ...eachAt(actions, path, (action, at) => [
      ...oneOf(action, at, ['Audit', 'Deny', 'Warn']),
      ...(at === `${path}[${actions.indexOf(action)}]` ? [] : [fieldDuplicate(at, action)]),
    ]),
    ...(actions.includes('Deny') && actions.includes('Warn') ? [fieldInvalid(path, actions, noBoth)] : []),
    ...(actions.length > 0 ? [] : [fieldRequired(path, 'at least one validation action is required')]),
  ]
}

export function paramRefText(reference: ParamRef | undefined): string {
  if (!reference) return '<unset>'
  const { name, namespace } = reference
  return namespace ? `${namespace}/${name || '*'}` : name || '*'
}
