import type { Pod } from '../../../api/core/pod.ts'
import { scaledValue } from '../../../api/int-or-string.ts'
import { withDisruptionAllowed } from '../../../api/policy/disruption-allowed.ts'
import type { PodDisruptionBudget } from '../../../api/policy/pod-disruption-budget.ts'
import { isPodReady } from '../pod-readiness.ts'

type Status = PodDisruptionBudget['status']

/** An eviction that was granted should have ended its pod by then; if not, the pod counts again. */
const deletionTimeout = 120_000

export interface ExpectedPods {
  /** How many pods there should be. */
  readonly expected: number
  readonly desiredHealthy: number
}

/** Whether it takes the scale of the pods' controllers to say how many there should be; a number of pods to keep does not. */
export const needsScale = ({ spec }: PodDisruptionBudget): boolean =>
  spec.maxUnavailable !== undefined || typeof spec.minAvailable === 'string'

/** What the budget demands, given its pods and (where it needs that) the scale of their controllers together. Throws where a percentage is none. */
export function expectedPods({ spec }: PodDisruptionBudget, pods: number, scale: number): ExpectedPods {
  const { maxUnavailable, minAvailable } = spec
  if (maxUnavailable !== undefined)
    return { expected: scale, desiredHealthy: Math.max(0, scale - scaledValue(maxUnavailable, scale, 'up')) }
  if (minAvailable === undefined) return { expected: 0, desiredHealthy: 0 }
  if (typeof minAvailable === 'number') return { expected: pods, desiredHealthy: minAvailable }
  return { expected: scale, desiredHealthy: scaledValue(minAvailable, scale, 'up') }
}

export interface BudgetPlan {
  readonly status: Status
  /** Pods whose eviction was granted and that are still there after all. */
  readonly notDeleted: readonly Pod[]
  /** When to look again, in milliseconds. */
  readonly recheckAfter?: number
}

/** The status of a budget over these pods; upstream's trySync without the writing. */
export function planBudget(budget: PodDisruptionBudget, pods: readonly Pod[], given: ExpectedPods & { readonly now: Date }): BudgetPlan {
  const { expected, desiredHealthy, now } = given
  const disrupted = disruptedPods(budget.status.disruptedPods ?? {}, pods, now)
  const currentHealthy = pods.filter(
    pod => !pod.metadata.deletionTimestamp && disrupted.pending[pod.metadata.name] === undefined && isPodReady(pod),
  ).length
  const allowed = currentHealthy - desiredHealthy
  const status: Status = {
    currentHealthy,
    desiredHealthy,
    expectedPods: expected,
    // A budget without pods allows nothing: the first ones may come before this is worked out again.
    disruptionsAllowed: expected > 0 && allowed > 0 ? allowed : 0,
    ...(Object.keys(disrupted.pending).length > 0 ? { disruptedPods: disrupted.pending } : {}),
    observedGeneration: budget.metadata.generation ?? 0,
    ...(budget.status.conditions ? { conditions: budget.status.conditions } : {}),
  }
  return {
    status: withDisruptionAllowed(status, now),
    notDeleted: disrupted.notDeleted,
    ...(disrupted.recheckAfter === undefined ? {} : { recheckAfter: disrupted.recheckAfter }),
  }
}

/** Which evictions are still under way: those of pods that are there, not marked for deletion, and in time. */
function disruptedPods(known: Readonly<Record<string, string>>, pods: readonly Pod[], now: Date) {
  const pending: Record<string, string> = {}
  const notDeleted: Pod[] = []
  let recheckAfter: number | undefined
  for (const pod of pods) {
    const since = known[pod.metadata.name]
    if (since === undefined || pod.metadata.deletionTimestamp) continue
    const left = Date.parse(since) + deletionTimeout - now.getTime()
    if (left < 0) notDeleted.push(pod)
    else {
      pending[pod.metadata.name] = since
      // At the very moment it is not over yet: the next one is looked at, not the same again.
      recheckAfter = Math.min(recheckAfter ?? Infinity, Math.max(left, 1))
    }
  }
  return { pending, notDeleted, recheckAfter }
}
