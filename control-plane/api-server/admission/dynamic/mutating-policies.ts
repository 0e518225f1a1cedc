import { MutatingAdmissionPolicyBinding } from '../../../../api/admissionregistration/mutating-admission-policy-binding.ts'
import { MutatingAdmissionPolicy, type Mutation } from '../../../../api/admissionregistration/mutating-admission-policy.ts'
import { forbidden } from '../../../../api/errors.ts'
import type { KubernetesObject } from '../../../../api/kind.ts'
import { applyJsonPatch } from '../../../../api/patch/json-patch.ts'
import { applyStrategicMergePatch } from '../../../../api/patch/strategic-merge.ts'
import { isEqual } from '../../../../common/equal.ts'
import { messageOf } from '../../../../common/error-message.ts'
import type { AdmissionContext } from '../../interfaces.ts'
import { boundPolicies, evaluationsOf, type Bound, type PolicyParts } from './bound-policies.ts'
import { isExemptFromPolicies } from './match-request.ts'
import { asMaps } from '../../../../api/cel/object-literals.ts'
import type { Mutator } from './mutators.ts'
import { completed } from './patched-object.ts'
import type { PolicyEvaluation } from './policy-variables.ts'
import type { VersionedRequest } from './request.ts'

type BoundPolicy = Bound<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding>

/** Upstream's MutatingAdmissionPolicy: changes by expressions. */
export function mutatingPolicies(context: AdmissionContext, parts: PolicyParts): Mutator[] {
  if (isExemptFromPolicies(context)) return []
  return boundPolicies([MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding], parts.lookup).map(bound => ({
    reinvoked: bound.policy.spec.reinvocationPolicy === 'IfNeeded',
    async mutate(object) {
      const changed = applied(bound, { ...context, object }, parts)
      return isEqual(changed, object) ? object : changed
    },
  }))
}

/** The object after the mutations of a policy; throws Forbidden when one cannot be made and that matters. */
function applied(
  bound: BoundPolicy,
  context: AdmissionContext & { readonly object: KubernetesObject },
  parts: PolicyParts,
): KubernetesObject {
  const { policy, binding } = bound
  let { object } = context
  for (const mutation of policy.spec.mutations ?? []) {
    // Each mutation sees what the ones before it made.
    for (const each of evaluationsOf(bound, { ...context, object }, parts)) {
      try {
        if ('error' in each) throw new Error(each.error)
        object = each.request.restore(changedBy(mutation, each.request, each.evaluation))
      } catch (error) {
        if (policy.spec.failurePolicy === 'Ignore') continue
        const who = `policy '${policy.metadata.name}' with binding '${binding.metadata.name}'`
        throw forbidden(context.kind, context.name, `${who} denied request: ${messageOf(error)}`)
      }
    }
  }
  return object
}

function changedBy(mutation: Mutation, { kind, object }: VersionedRequest, evaluation: PolicyEvaluation): KubernetesObject {
  if (mutation.patchType === 'JSONPatch') {
    const patch = evaluation.evaluate(asMaps(mutation.jsonPatch?.expression ?? '[]'))
    return completed(kind, applyJsonPatch(object, patch))
  }
  const part = evaluation.evaluate(asMaps(mutation.applyConfiguration?.expression ?? '{}'))
  return completed(kind, applyStrategicMergePatch(kind.schema, object, part))
}
