import { findCondition, isConditionTrue } from '../../../api/conditions.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { ApiError, apiError, forbidden, httpCodes } from '../../../api/errors.ts'
import { matches, selectorFromObject } from '../../../api/label-selector.ts'
import { withDisruptionAllowed } from '../../../api/policy/disruption-allowed.ts'
import type { PodDisruptionBudget } from '../../../api/policy/pod-disruption-budget.ts'
import { timestamp } from '../../../api/time.ts'

const resource = { group: 'policy', plural: 'poddisruptionbudget' }
/** More evictions than that, and the disruption controller is not there to see them through. */
const mostDisrupted = 2000
const sentence = "Cannot evict pod as it would violate the pod's disruption budget."

/** The budgets that are about this pod. */
export const budgetsOf = (pod: Pod, budgets: readonly PodDisruptionBudget[]): PodDisruptionBudget[] =>
  budgets.filter(({ spec }) => matches(selectorFromObject(spec.selector), pod.metadata.labels))

/**
 * Whether a budget lets the pod go: `allowed` takes one disruption from it, `unhealthy` none, as the pod counts for nothing.
 * An error is the answer to whoever asked.
 */
export function budgetVerdict(
  pod: Pod,
  budget: PodDisruptionBudget,
  others: readonly PodDisruptionBudget[],
): 'allowed' | 'unhealthy' | ApiError {
  if (others.length > 0) return severalBudgets()
  const { metadata, spec, status } = budget
  const { name } = metadata
  if (!isConditionTrue(pod.status.conditions, 'Ready')) {
    const othersSuffice = status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0
    if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' || othersSuffice) return 'unhealthy'
  }
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return stillProcessing(name)
  if (status.disruptionsAllowed < 0) return forbidden(resource, name, 'pdb disruptions allowed is negative')
  if (Object.keys(status.disruptedPods ?? {}).length > mostDisrupted)
    return forbidden(resource, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller')
  return status.disruptionsAllowed === 0 ? refused(whyNot(budget)) : 'allowed'
}

function whyNot({ metadata: { name }, status }: PodDisruptionBudget): string {
  const condition = findCondition(status.conditions, 'DisruptionAllowed')
  if (condition?.reason === 'SyncFailed' && condition.status === 'False')
    return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${condition.message}`
  return `The disruption budget ${name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`
}

const refused = (message: string, retryAfterSeconds?: number): ApiError =>
  apiError('TooManyRequests', sentence, {
    causes: [{ reason: 'DisruptionBudget', message }],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  })

/** The budget is not worked out yet, or the pod changed while it was looked at. */
export const stillProcessing = (name: string): ApiError =>
  refused(`The disruption budget ${name} is still being processed by the server.`, 10)

function severalBudgets(): ApiError {
  const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'
  return new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: httpCodes.InternalError })
}

/** The budget after the pod's eviction was granted: one less, and the pod is on the list until it goes. */
export function withDisruption(budget: PodDisruptionBudget, pod: string, now: Date): PodDisruptionBudget {
  const { status } = budget
  const disruptedPods = { ...status.disruptedPods, [pod]: timestamp(now) }
  const next = { ...status, disruptionsAllowed: status.disruptionsAllowed - 1, disruptedPods }
  return { ...budget, status: next.disruptionsAllowed === 0 ? withDisruptionAllowed(next, now) : next }
}
