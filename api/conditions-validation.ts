import { eachAt, invalidAll, nonNegative } from './core/pod-field-checks.ts'
import type { Condition } from './meta.ts'
import { conditionReasonErrors, qualifiedNameErrors } from './names.ts'
import { fieldDuplicate, fieldNotSupported, fieldRequired, fieldTooLong, type FieldError } from './schema/field-error.ts'

const statuses = ['False', 'True', 'Unknown']
const longestReason = 1024
const longestMessage = 32 * 1024

function reasonErrors(reason: string, path: string): FieldError[] {
  if (!reason) return [fieldRequired(path, 'must be set')]
  return [
    ...invalidAll(path, reason, conditionReasonErrors(reason)),
    ...(reason.length > longestReason ? [fieldTooLong(path, longestReason)] : []),
  ]
}

const conditionErrors = (
  { type, status, observedGeneration, lastTransitionTime, reason, message }: Condition,
  path: string,
): FieldError[] => [
  ...invalidAll(`${path}.type`, type, qualifiedNameErrors(type)),
  ...(statuses.includes(status) ? [] : [fieldNotSupported(`${path}.status`, status, statuses)]),
  ...nonNegative(observedGeneration, `${path}.observedGeneration`),
  ...(lastTransitionTime ? [] : [fieldRequired(`${path}.lastTransitionTime`, 'must be set')]),
  ...reasonErrors(reason, `${path}.reason`),
  ...(message.length > longestMessage ? [fieldTooLong(`${path}.message`, longestMessage)] : []),
]

/** Conditions that say all they have to, one of each type (upstream's ValidateConditions of meta/v1). */
export function validateConditions(conditions: readonly Condition[], path: string): FieldError[] {
  const seen = new Set<string>()
  return eachAt(conditions, path, (condition, at) => {
    const repeated = seen.has(condition.type)
    seen.add(condition.type)
    return [...(repeated ? [fieldDuplicate(`${at}.type`, condition.type)] : []), ...conditionErrors(condition, at)]
  })
}
