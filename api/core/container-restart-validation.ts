import type { Container } from './container.ts'
import { eachAt, rangeErrors, supported } from './pod-field-checks.ts'
import { fieldDuplicate, fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'

const policies = ['Always', 'Never', 'OnFailure'] as const
const mostRules = 20
const mostExitCodes = 255

function validateExitCodes(values: readonly number[], path: string): FieldError[] {
  const seen = new Set<number>()
  const errors =
    values.length > mostExitCodes
      ? [
          {
            reason: 'FieldValueTooMany',
            field: path,
            message: `Too many: ${values.length}: must have at most ${mostExitCodes} items`,
          } as const,
        ]
      : values.length === 0
        ? [fieldInvalid(path, values, 'must have at least one value')]
        : []
  return [
    ...errors,
    ...eachAt(values, path, (value, at) => {
      if (seen.has(value)) return [fieldDuplicate(at, value)]
      seen.add(value)
      return rangeErrors(value, 0, 255).map(sentence => fieldInvalid(at, value, sentence))
    }),
  ]
}

/** A container's own restart policy, and the rules that make exceptions to it for certain exit codes. */
export function validateContainerRestartPolicy({ restartPolicy, restartPolicyRules: rules = [] }: Container, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (restartPolicy !== undefined) errors.push(...supported(`${path}.restartPolicy`, restartPolicy, policies))
  else if (rules.length > 0) errors.push(fieldRequired(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used'))
  const at = `${path}.restartPolicyRules`
  if (rules.length > mostRules)
    errors.push({ reason: 'FieldValueTooMany', field: at, message: `Too many: ${rules.length}: must have at most ${mostRules} items` })
  errors.push(
    ...eachAt(rules, at, ({ action, exitCodes }, ruleAt) => [
      ...supported(`${ruleAt}.action`, action, ['Restart', 'RestartAllContainers']),
      ...(exitCodes
        ? [
            ...supported(`${ruleAt}.exitCodes.operator`, exitCodes.operator, ['In', 'NotIn']),
            ...validateExitCodes(exitCodes.values ?? [], `${ruleAt}.exitCodes.values`),
          ]
        : [fieldRequired(`${ruleAt}.exitCodes`, 'must be specified')]),
    ]),
  )
  return errors
}
