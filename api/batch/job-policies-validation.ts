import { countIndexes } from './indexes.ts'
import type { JobSpec, PodFailurePolicyRule, SuccessPolicyRule } from './job-spec.ts'
import { nonNegativeErrors } from '../apps/template-validation.ts'
import { eachAt, invalidAll } from '../core/pod-field-checks.ts'
import { qualifiedNameErrors } from '../names.ts'
import {
  fieldDuplicate,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  fieldTooLong,
  fieldTooMany,
  invalidWithoutValue,
  type FieldError,
} from '../schema/field-error.ts'

const mostRules = 20
const mostCodes = 255
const longestIndexes = 64 * 1024
const quoted = (values: readonly string[]) => `valid values: [${values.map(value => JSON.stringify(value)).join(' ')}]`

/** One of `values`, in the order upstream sorts them. */
const oneOf = (value: string | undefined, values: readonly string[], path: string): FieldError[] => {
  if (!value) return [fieldRequired(path, quoted(values))]
  return values.includes(value) ? [] : [fieldNotSupported(path, value, values)]
}

export function validatePodFailurePolicy(spec: JobSpec, path: string): FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? []
  return [
    ...(rules.length > mostRules ? [fieldTooMany(`${path}.rules`, rules.length, mostRules)] : []),
    ...eachAt(rules, `${path}.rules`, (rule, at) => validateFailureRule(rule, spec, at)),
  ]
}

function validateFailureRule(rule: PodFailurePolicyRule, spec: JobSpec, path: string): FieldError[] {
  const { action, onExitCodes, onPodConditions = [] } = rule
  const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']
  const conditions = onPodConditions.length > 0
  return [
    ...oneOf(action, actions, `${path}.action`),
    ...(action === 'FailIndex' && spec.backoffLimitPerIndex === undefined
      ? [fieldInvalid(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set')]
      : []),
    ...(onExitCodes ? validateExitCodes(onExitCodes, spec, `${path}.onExitCodes`) : []),
    ...(onPodConditions.length > mostRules ? [fieldTooMany(`${path}.onPodConditions`, onPodConditions.length, mostRules)] : []),
    ...eachAt(onPodConditions, `${path}.onPodConditions`, ({ type, status }, at) => [
      ...invalidAll(`${at}.type`, type, qualifiedNameErrors(type)),
      ...oneOf(status, ['False', 'True', 'Unknown'], `${at}.status`),
    ]),
    ...(onExitCodes && conditions ? [invalidWithoutValue(path, 'specifying both OnExitCodes and OnPodConditions is not supported')] : []),
    ...(!onExitCodes && !conditions ? [invalidWithoutValue(path, 'specifying one of OnExitCodes and OnPodConditions is required')] : []),
  ]
}

function validateExitCodes(codes: NonNullable<PodFailurePolicyRule['onExitCodes']>, { template }: JobSpec, path: string): FieldError[] {
  const { operator, containerName, values = [] } = codes
  const names = [...(template.spec.containers ?? []), ...(template.spec.initContainers ?? [])].map(({ name }) => name)
  const at = `${path}.values`
  return [
    ...oneOf(operator, ['In', 'NotIn'], `${path}.operator`),
    ...(containerName !== undefined && !names.includes(containerName)
      ? [fieldInvalid(`${path}.containerName`, containerName, 'must be one of the container or initContainer names in the pod template')]
      : []),
    ...(values.length === 0 ? [fieldInvalid(at, values, 'at least one value is required')] : []),
    ...(values.length > mostCodes ? [fieldTooMany(at, values.length, mostCodes)] : []),
    ...values.flatMap((value, index) => [
      ...(operator === 'In' && value === 0 ? [fieldInvalid(`${at}[${index}]`, value, 'must not be 0 for the In operator')] : []),
      ...(values.indexOf(value) < index ? [fieldDuplicate(`${at}[${index}]`, value)] : []),
    ]),
    ...(values.some((value, index) => index > 0 && (values[index - 1] ?? value) > value)
      ? [fieldInvalid(at, values, 'must be ordered')]
      : []),
  ]
}

export function validateSuccessPolicy(spec: JobSpec, path: string): FieldError[] {
  const { rules = [] } = spec.successPolicy ?? {}
  if (spec.completionMode !== 'Indexed') return [fieldInvalid(path, spec.successPolicy, 'requires indexed completion mode')]
  const why = 'at least one rules must be specified when the successPolicy is specified'
  return [
    ...(rules.length === 0 ? [fieldRequired(`${path}.rules`, why)] : []),
    ...(rules.length > mostRules ? [fieldTooMany(`${path}.rules`, rules.length, mostRules)] : []),
    ...eachAt(rules, `${path}.rules`, (rule, at) => validateSuccessRule(rule, spec.completions ?? 0, at)),
  ]
}

function validateSuccessRule({ succeededCount, succeededIndexes }: SuccessPolicyRule, completions: number, path: string): FieldError[] {
  const errors: FieldError[] = []
  const countPath = `${path}.succeededCount`
  if (succeededCount === undefined && succeededIndexes === undefined)
    errors.push(fieldRequired(path, 'at least one of succeededCount or succeededIndexes must be specified'))
  const total = succeededIndexes === undefined ? undefined : countOf(succeededIndexes, completions, { errors, path })
  if (succeededCount === undefined) return errors
  const most = (limit: number, of: string) =>
    succeededCount > limit ? [fieldInvalid(countPath, succeededCount, `must be less than or equal to ${limit} (the number of ${of})`)] : []
  return [
    ...errors,
    ...nonNegativeErrors(succeededCount, countPath),
    ...most(completions, 'specified completions'),
    ...(total === undefined ? [] : most(total, 'indexes in the specified succeededIndexes field')),
  ]
}

/** How many indexes there are; 0, and an error, when they cannot be read. */
function countOf(text: string, completions: number, { errors, path }: { errors: FieldError[]; path: string }): number {
  const at = `${path}.succeededIndexes`
  if (text.length > longestIndexes) errors.push(fieldTooLong(at, longestIndexes))
  try {
    return countIndexes(text, completions)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    errors.push(fieldInvalid(at, text, `error parsing succeededIndexes: ${error.message}`))
    return 0
  }
}
