import type { ValidatingAdmissionPolicySpec } from '../../../../api/admissionregistration/validating-admission-policy.ts'
import type { AdmissionContext } from '../../interfaces.ts'
import type { PolicyEvaluation } from './policy-variables.ts'
import { errorMessage, type Failure } from './policy-validation.ts'

/** Of longer notes the beginning is kept. */
const longestNote = 10 * 1024

/** What the `auditAnnotations` of policies say of one request; several values of one key stand side by side, each once. */
export class AuditNotes {
  readonly #values = new Map<string, Set<string>>()

  /** Evaluates a policy's notes; what has no value is returned where that matters. */
  add(policy: string, { auditAnnotations = [], failurePolicy }: ValidatingAdmissionPolicySpec, evaluation: PolicyEvaluation): Failure[] {
    return auditAnnotations.flatMap(({ key, valueExpression }, index) => {
      try {
        const value = evaluation.evaluate(valueExpression)
        const text = typeof value === 'string' ? value.trim() : ''
        // Nothing is said by a value of null, or by an empty one.
        if (text) this.#keep(`${policy}/${key}`, text.slice(0, longestNote))
        return []
      } catch (error) {
        return failurePolicy === 'Ignore' ? [] : [{ message: errorMessage(valueExpression, error), reason: 'Invalid', index }]
      }
    })
  }
  publish({ annotate }: AdmissionContext): void {
    for (const [key, values] of this.#values) annotate?.(key, [...values].join(', '))
  }

  #keep(key: string, value: string): void {
    this.#values.set(key, (this.#values.get(key) ?? new Set()).add(value))
  }
}
