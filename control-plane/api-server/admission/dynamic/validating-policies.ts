import { ValidatingAdmissionPolicyBinding } from '../../../../api/admissionregistration/validating-admission-policy-binding.ts'
import { ValidatingAdmissionPolicy } from '../../../../api/admissionregistration/validating-admission-policy.ts'
import { ApiError, forbidden, httpCodes, type Reason } from '../../../../api/errors.ts'
import type { AdmissionContext } from '../../interfaces.ts'
import type { AdmissionRule } from '../rule.ts'
import { boundPolicies, evaluationsOf, type Bound, type PolicyParts } from './bound-policies.ts'
import { isExemptFromPolicies } from './match-request.ts'
import { failuresOf, type Failure } from './policy-validation.ts'

type BoundPolicy = Bound<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding>

/** Upstream's ValidatingAdmissionPolicy: expressions that must be true of requests. The first failure that denies is the answer. */
export const validatingPolicies = (parts: PolicyParts): AdmissionRule => ({
  validate(context) {
    if (isExemptFromPolicies(context)) return
    const denials: ApiError[] = []
    for (const bound of boundPolicies([ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding], parts.lookup)) {
      for (const failure of failures(bound, context, parts)) {
        const { validationActions } = bound.binding.spec
        if (validationActions.includes('Deny')) denials.push(denial(context, bound, failure))
        if (validationActions.includes('Warn')) context.warn(warning(bound, failure))
      }
    }
    if (denials[0]) throw denials[0]
  },
})

function failures(bound: BoundPolicy, context: AdmissionContext, parts: PolicyParts): Failure[] {
  const { spec } = bound.policy
  return [...evaluationsOf(bound, context, parts)].flatMap(each => {
    if ('evaluation' in each) return failuresOf(spec, each.evaluation)
    return spec.failurePolicy === 'Ignore' ? [] : [{ message: each.error, reason: 'Invalid' }]
  })
}

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
