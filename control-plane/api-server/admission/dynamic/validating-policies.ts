import { ValidatingAdmissionPolicyBinding } from '../../../../api/admissionregistration/validating-admission-policy-binding.ts'
import { ValidatingAdmissionPolicy } from '../../../../api/admissionregistration/validating-admission-policy.ts'
import { ApiError, forbidden, httpCodes, type Reason } from '../../../../api/errors.ts'
import type { AdmissionContext } from '../../interfaces.ts'
import type { AdmissionRule } from '../rule.ts'
import { AuditNotes } from './audit-notes.ts'
import { boundPolicies, evaluationsOf, type Bound, type PolicyParts } from './bound-policies.ts'
import { isExemptFromPolicies } from './match-request.ts'
import { failuresOf, type Failure } from './policy-validation.ts'

type BoundPolicy = Bound<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding>

/** Upstream's ValidatingAdmissionPolicy: expressions that must be true of requests. The first failure that denies is the answer. */
export const validatingPolicies = (parts: PolicyParts): AdmissionRule => ({
  validate(context) {
    if (isExemptFromPolicies(context)) return
    const denials: ApiError[] = []
    const notes = new AuditNotes()
    for (const bound of boundPolicies([ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding], parts.lookup)) {
      const { validationActions } = bound.binding.spec
      const { failures, noteFailures } = evaluate(bound, context, { ...parts, notes })
      for (const failure of failures) {
        if (validationActions.includes('Deny')) denials.push(denial(context, bound, failure))
        if (validationActions.includes('Warn')) context.warn(warning(bound, failure))
        if (validationActions.includes('Audit')) context.annotate?.(failureKey, failureNote(bound, failure))
      }
      // What cannot be noted counts, whatever the binding does about validations.
      for (const failure of noteFailures) denials.push(denial(context, bound, failure))
    }
    notes.publish(context)
    if (denials[0]) throw denials[0]
  },
})

function evaluate(bound: BoundPolicy, context: AdmissionContext, { notes, ...parts }: PolicyParts & { readonly notes: AuditNotes }) {
  const { spec, metadata } = bound.policy
  const failures: Failure[] = []
  const noteFailures: Failure[] = []
  for (const each of evaluationsOf(bound, context, parts)) {
    if ('evaluation' in each) {
      failures.push(...failuresOf(spec, each.evaluation))
      noteFailures.push(...notes.add(metadata.name, spec, each.evaluation))
    } else if (spec.failurePolicy !== 'Ignore') failures.push({ message: each.error, reason: 'Invalid', index: 0 })
  }
  return { failures, noteFailures }
}

const failureKey = 'validation.policy.admission.k8s.io/validation_failure'

const failureNote = ({ policy, binding }: BoundPolicy, { message, index }: Failure): string =>
  JSON.stringify([
    {
      message,
      policy: policy.metadata.name,
      binding: binding.metadata.name,
      expressionIndex: index,
      validationActions: binding.spec.validationActions,
    },
  ])

const warning = ({ policy, binding }: BoundPolicy, { message }: Failure): string =>
  `Validation failed for ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}': ${message}`

function denial({ kind, name }: AdmissionContext, { policy, binding }: BoundPolicy, { message, reason }: Failure): ApiError {
  const text = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${message}`
  const { status } = forbidden(kind, name, text)
  const known = reason as Reason
  return new ApiError({
    ...status,
    reason: known,
    code: httpCodes[known] ?? httpCodes.Invalid,
    details: { ...status.details, causes: [{ message: text }] },
  })
}
