import { approvalOf, isProtectedGroup } from '../../../api/apiextensions/api-approval.ts'
import type { CustomResourceDefinition, CustomResourceDefinitionStatus } from '../../../api/apiextensions/custom-resource-definition.ts'
import { setCondition } from '../../../api/conditions.ts'

/** Whether an API in a group of the Kubernetes community is approved (upstream's KubernetesAPIApprovalPolicyConformantConditionController). */
export function approvalStatus(
  definition: CustomResourceDefinition,
  status: CustomResourceDefinitionStatus,
  now: Date,
): CustomResourceDefinitionStatus {
  if (!isProtectedGroup(definition.spec.group)) return status
  const { state, message } = approvalOf(definition)
  const condition = {
    type: 'KubernetesAPIApprovalPolicyConformant',
    status: state === 'ApprovedAnnotation' ? 'True' : 'False',
    reason: state,
    message,
  }
  return { ...status, conditions: setCondition(status.conditions, condition, now) }
}
