import type { Validation, ValidatingAdmissionPolicySpec } from '../../../../api/admissionregistration/validating-admission-policy.ts'
import { CelError } from '../../../../api/cel/cel-error.ts'
import { messageOf } from '../../../../common/error-message.ts'
import type { PolicyEvaluation } from './policy-variables.ts'

/** Why a validation does not let a request pass. */
export interface Failure {
  readonly message: string
  /** One word for programs. */
  readonly reason: string
  /** Which of the policy's validations it is; that of its first where nothing could be evaluated at all. */
  readonly index: number
}

/** What a policy has against a request; with failure policy Ignore, what has no value is nothing against it. */
export const failuresOf = ({ validations = [], failurePolicy }: ValidatingAdmissionPolicySpec, evaluation: PolicyEvaluation): Failure[] =>
  validations.flatMap((validation, index) => {
    try {
      return evaluation.evaluate(validation.expression) === true ? [] : [{ ...failureOf(validation, evaluation), index }]
    } catch (error) {
      return failurePolicy === 'Ignore' ? [] : [{ message: errorMessage(validation.expression, error), reason: 'Invalid', index }]
    }
  })

export const errorMessage = (expression: string, error: unknown): string =>
  error instanceof CelError && error.stage === 'compile'
    ? `compilation error: ${messageOf(error)}`
    : `expression '${expression.trim()}' resulted in error: ${messageOf(error)}`

const failureOf = (validation: Validation, evaluation: PolicyEvaluation): Omit<Failure, 'index'> => ({
  message: written(validation, evaluation) ?? (validation.message?.trim() || `failed expression: ${validation.expression.trim()}`),
  reason: validation.reason || 'Invalid',
})

/** Longer ones are not sent to anybody. */
const longestMessage = 5 * 1024

/** What `messageExpression` says; one that says nothing usable counts as absent, as upstream has it. */
function written({ messageExpression }: Validation, evaluation: PolicyEvaluation): string | undefined {
  if (!messageExpression?.trim()) return undefined
  let message: unknown
  try {
    message = evaluation.evaluate(messageExpression)
  } catch (error) {
    if (error instanceof CelError) return undefined
    throw error
  }
  const text = typeof message === 'string' ? message.trim() : ''
  return text === '' || text.includes('\n') || Buffer.byteLength(text) > longestMessage ? undefined : text
}
