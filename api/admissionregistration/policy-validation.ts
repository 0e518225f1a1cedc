import {
  expressionErrors,
  expressionsOf,
  policyVariables,
  validateMatchConditions,
  type ExpressionResult,
  type ExpressionScope,
} from './expression-validation.ts'
import type { MutatingAdmissionPolicy, Mutation } from './mutating-admission-policy.ts'
import type { ParamRef, Variable } from './policy-parts.ts'
import type { MatchResources } from './rules.ts'
import type { ValidatingAdmissionPolicy, Validation } from './validating-admission-policy.ts'
import { validateRule } from './webhook-validation.ts'
import { eachAt, invalidAll } from '../core/pod-field-checks.ts'
import { dns1123SubdomainErrors } from '../names.ts'
import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

type PolicySpec = Pick<ValidatingAdmissionPolicy['spec'], 'paramKind' | 'matchConstraints' | 'matchConditions' | 'variables'>

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

/** An expression that has to be there. */
function requiredExpression(expression: string | undefined = '', path: string, scope: ExpressionScope & { result: ExpressionResult }) {
  return expression.trim() ? expressionErrors(expression, path, scope) : [fieldRequired(path, 'expression is not specified')]
}

const identifier = /^[_a-zA-Z][_a-zA-Z0-9]*$/

const validateVariables = (variables: readonly Variable[] | undefined = [], scope: ExpressionScope): FieldError[] =>
  eachAt(variables, 'spec.variables', ({ name, expression }, path) => [
    ...(name.trim()
      ? identifier.test(name)
        ? []
        : [fieldInvalid(`${path}.name`, name, 'name is not a valid CEL identifier')]
      : [fieldRequired(`${path}.name`, 'name is not specified')]),
    ...requiredExpression(expression, `${path}.expression`, { ...scope, result: 'any' }),
  ])

function validateValidation({ expression, messageExpression = '', message = '' }: Validation, path: string, scope: ExpressionScope) {
  return [
    ...requiredExpression(expression, `${path}.expression`, { ...scope, result: 'bool' }),
    ...(messageExpression.trim()
      ? expressionErrors(messageExpression, `${path}.messageExpression`, { ...scope, result: 'string' })
      : messageExpression
        ? [fieldInvalid(`${path}.messageExpression`, messageExpression, 'must be non-empty if specified')]
        : []),
    ...(message && !message.trim() ? [fieldInvalid(`${path}.message`, message, 'message must be non-empty if specified')] : []),
    ...(/[\n\r]/.test(message.trim()) ? [fieldInvalid(`${path}.message`, message, 'message must not contain line breaks')] : []),
  ]
}

/** What both kinds of policies have. */
function scopeOf({ paramKind }: PolicySpec, current: PolicySpec | undefined, own: readonly (string | undefined)[]): ExpressionScope {
  const shared = [...expressionsOf(current?.matchConditions), ...(current?.variables ?? []).map(({ expression }) => expression)]
  return { variables: policyVariables(paramKind), kept: new Set([...shared, ...own.filter(each => each !== undefined)]) }
}

const validateCommon = (spec: PolicySpec, scope: ExpressionScope): FieldError[] => [
  ...validateMatch(spec.matchConstraints),
  ...validateMatchConditions(spec.matchConditions, 'spec.matchConditions', scope),
  ...validateVariables(spec.variables, scope),
]

/** `current`: what is to be replaced. Its expressions stay good, whatever is said of new ones by now. */
export function validateValidatingPolicy({ spec }: ValidatingAdmissionPolicy, current?: ValidatingAdmissionPolicy): FieldError[] {
  const { validations = [], auditAnnotations = [] } = spec
  const why = 'validations or auditAnnotations must contain at least one item'
  const scope = scopeOf(spec, current?.spec, [
    ...(current?.spec.validations ?? []).flatMap(({ expression, messageExpression }) => [expression, messageExpression]),
    ...(current?.spec.auditAnnotations ?? []).map(({ valueExpression }) => valueExpression),
  ])
  return [
    ...validateCommon(spec, scope),
    ...(validations.length + auditAnnotations.length > 0
      ? []
      : [fieldRequired('spec.validations', why), fieldRequired('spec.auditAnnotations', why)]),
    ...eachAt(validations, 'spec.validations', (validation, path) => validateValidation(validation, path, scope)),
    ...eachAt(auditAnnotations, 'spec.auditAnnotations', ({ valueExpression }, path) =>
      valueExpression.trim()
        ? expressionErrors(valueExpression, `${path}.valueExpression`, { ...scope, result: 'any' })
        : [fieldRequired(`${path}.valueExpression`, 'valueExpression is not specified')],
    ),
  ]
}

/** As of validating policies. */
export function validateMutatingPolicy({ spec }: MutatingAdmissionPolicy, current?: MutatingAdmissionPolicy): FieldError[] {
  const { mutations = [], reinvocationPolicy: policy } = spec
  const policies = ['IfNeeded', 'Never']
  const scope = scopeOf(
    spec,
    current?.spec,
    (current?.spec.mutations ?? []).flatMap(each => [each.applyConfiguration?.expression, each.jsonPatch?.expression]),
  )
  return [
    ...validateCommon(spec, scope),
    ...(mutations.length > 0 ? [] : [fieldRequired('spec.mutations', 'mutations must contain at least one item')]),
    ...eachAt(mutations, 'spec.mutations', (mutation, path) => validateMutation(mutation, path, scope)),
    ...(policy
      ? policies.includes(policy)
        ? []
        : [fieldNotSupported('spec.reinvocationPolicy', policy, policies)]
      : [fieldRequired('spec.reinvocationPolicy')]),
  ]
}

function validateMutation({ patchType, applyConfiguration, jsonPatch }: Mutation, path: string, scope: ExpressionScope): FieldError[] {
  const [field, change] =
    patchType === 'JSONPatch' ? (['jsonPatch', jsonPatch] as const) : (['applyConfiguration', applyConfiguration] as const)
  if (!patchTypes.includes(patchType)) return [fieldNotSupported(`${path}.patchType`, patchType, patchTypes)]
  return change
    ? requiredExpression(change.expression, `${path}.${field}.expression`, { ...scope, result: 'any' })
    : [fieldRequired(`${path}.${field}`, `must be specified when patchType is ${patchType}`)]
}
const patchTypes = ['ApplyConfiguration', 'JSONPatch']

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
