import {
  expressionErrors,
  expressionsOf,
  policyVariables,
  validateMatchConditions,
  type ExpressionResult,
  type ExpressionScope,
} from './expression-validation.ts'
import type { MutatingAdmissionPolicy, Mutation } from './mutating-admission-policy.ts'
import type { ParamKind, Variable } from './policy-parts.ts'
import type { MatchResources } from './rules.ts'
import { oneOf, validateMatch } from './rule-validation.ts'
import type { AuditAnnotation, ValidatingAdmissionPolicy, Validation } from './validating-admission-policy.ts'
import { failurePolicies } from './webhook-validation.ts'
import { eachAt, invalidAll } from '../core/pod-field-checks.ts'
import { dns1035LabelErrors, dns1123SubdomainErrors, qualifiedNameErrors } from '../names.ts'
import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

type PolicySpec = Pick<
  ValidatingAdmissionPolicy['spec'],
  'failurePolicy' | 'paramKind' | 'matchConstraints' | 'matchConditions' | 'variables'
>

function validateConstraints(match: MatchResources | undefined): FieldError[] {
  const path = 'spec.matchConstraints'
  if (!match) return [fieldRequired(path)]
  return [...validateMatch(match, path), ...(match.resourceRules?.length ? [] : [fieldRequired(`${path}.resourceRules`)])]
}

/** An expression that has to be there. */
function requiredExpression(expression: string | undefined = '', path: string, scope: ExpressionScope & { result: ExpressionResult }) {
  return expression.trim() ? expressionErrors(expression, path, scope) : [fieldRequired(path, 'expression is not specified')]
}

const identifier = /^[_a-zA-Z][_a-zA-Z0-9]*$/
const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '),
)

const validateVariables = (variables: readonly Variable[] | undefined = [], scope: ExpressionScope): FieldError[] =>
  eachAt(variables, 'spec.variables', ({ name, expression }, path) => [
    ...(name.trim()
      ? identifier.test(name) && !reserved.has(name)
        ? []
        : [fieldInvalid(`${path}.name`, name, 'name is not a valid CEL identifier')]
      : [fieldRequired(`${path}.name`, 'name is not specified')]),
    ...requiredExpression(expression, `${path}.expression`, { ...scope, result: 'any' }),
  ])

function validateValidation(
  { expression, messageExpression = '', message = '', reason }: Validation,
  path: string,
  scope: ExpressionScope,
) {
  return [
    ...requiredExpression(expression, `${path}.expression`, { ...scope, result: 'bool' }),
    ...(messageExpression.trim()
      ? expressionErrors(messageExpression, `${path}.messageExpression`, { ...scope, result: 'string' })
      : messageExpression
        ? [fieldInvalid(`${path}.messageExpression`, messageExpression, 'must be non-empty if specified')]
        : []),
    ...(message && !message.trim() ? [fieldInvalid(`${path}.message`, message, 'message must be non-empty if specified')] : []),
    ...(/[\n\r]/.test(message.trim()) ? [fieldInvalid(`${path}.message`, message, 'message must not contain line breaks')] : []),
    ...oneOf(reason, `${path}.reason`, ['Forbidden', 'Invalid', 'RequestEntityTooLarge']),
  ]
}

/** What both kinds of policies have. */
function scopeOf({ paramKind }: PolicySpec, current: PolicySpec | undefined, own: readonly (string | undefined)[]): ExpressionScope {
  const shared = [...expressionsOf(current?.matchConditions), ...(current?.variables ?? []).map(({ expression }) => expression)]
  return { variables: policyVariables(paramKind), kept: new Set([...shared, ...own.filter(each => each !== undefined)]) }
}

const validateCommon = (spec: PolicySpec, scope: ExpressionScope): FieldError[] => [
  ...oneOf(spec.failurePolicy, 'spec.failurePolicy', failurePolicies),
  ...(spec.paramKind ? validateParamKind(spec.paramKind, 'spec.paramKind') : []),
  ...validateConstraints(spec.matchConstraints),
  ...validateMatchConditions(spec.matchConditions, 'spec.matchConditions', scope),
  ...validateVariables(spec.variables, scope),
]

/** `current`: what is to be replaced. Its expressions stay good, whatever is said of new ones by now. */
export function validateValidatingPolicy({ metadata, spec }: ValidatingAdmissionPolicy, current?: ValidatingAdmissionPolicy): FieldError[] {
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
    ...validateAuditAnnotations(auditAnnotations, metadata.name, scope),
  ]
}

const mostAnnotations = 20
const longestValueExpression = 5 * 1024

/** The keys are those of the audit log, below the policy's name. */
function validateAuditAnnotations(
  annotations: readonly AuditAnnotation[],
  policy: string | undefined,
  scope: ExpressionScope,
): FieldError[] {
  const path = 'spec.auditAnnotations'
  const keys = annotations.map(({ key }) => key)
  return [
    ...(annotations.length > mostAnnotations
      ? [fieldInvalid(path, annotations.map(internalAnnotation), `must not have more than ${mostAnnotations} auditAnnotations`)]
      : []),
    ...eachAt(annotations, path, ({ key, valueExpression }, at) => [
      ...(policy
        ? invalidAll(`${at}.key`, `${policy}/${key}`, qualifiedNameErrors(`${policy}/${key}`))
        : [fieldInvalid(`${at}.key`, key, 'requires metadata.name be non-empty')]),
      ...validateValueExpression(valueExpression, `${at}.valueExpression`, scope),
      ...(at === `${path}[${keys.indexOf(key)}]` ? [] : [fieldDuplicate(`${at}.key`, key)]),
    ]),
  ]
}

const internalAnnotation = ({ key, valueExpression }: AuditAnnotation) => ({ Key: key, ValueExpression: valueExpression })

function validateValueExpression(expression: string, path: string, scope: ExpressionScope): FieldError[] {
  if (!expression.trim()) return [fieldRequired(path, 'valueExpression is not specified')]
  if (expression.trim().length > longestValueExpression)
    return [fieldRequired(path, `must not exceed ${longestValueExpression} bytes in length`)]
  return expressionErrors(expression, path, { ...scope, result: 'any' })
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

/** Upstream's validateParamKind. */
function validateParamKind({ apiVersion = '', kind = '' }: ParamKind, path: string): FieldError[] {
  const at = `${path}.apiVersion`
  const [group, version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  const wrong = (value: string, errors: readonly string[]) => (errors.length > 0 ? [fieldInvalid(at, value, errors.join(','))] : [])
  const kindErrors = dns1035LabelErrors(kind.toLowerCase())
  return [
    ...(apiVersion === ''
      ? [fieldRequired(at)]
      : apiVersion.split('/').length > 2
        ? [fieldInvalid(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)]
        : [
            ...(group ? wrong(group, dns1123SubdomainErrors(group)) : []),
            ...(version ? wrong(version, dns1035LabelErrors(version)) : wrong(apiVersion, ['version must be specified'])),
          ]),
    ...(kind === ''
      ? [fieldRequired(`${path}.kind`)]
      : kindErrors.length > 0
        ? [fieldInvalid(`${path}.kind`, kind, `may have mixed case, but should otherwise match: ${kindErrors.join(',')}`)]
        : []),
  ]
}
