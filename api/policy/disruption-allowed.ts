import { setCondition } from '../conditions.ts'
import type { PodDisruptionBudget } from './pod-disruption-budget.ts'

type Status = PodDisruptionBudget['status']
type Conditions = NonNullable<Status['conditions']>

/** The status with the condition that says whether anything may be disrupted; upstream's UpdateDisruptionAllowedCondition. */
export function withDisruptionAllowed(status: Status, now: Date): Status {
  const allowed = status.disruptionsAllowed > 0
  const condition = {
    type: 'DisruptionAllowed',
    status: allowed ? ('True' as const) : ('False' as const),
    reason: allowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration: status.observedGeneration ?? 0,
  }
  return { ...status, conditions: setCondition(status.conditions, condition as unknown as Conditions[number], now) }
}

/** The status after a failure: nothing may be disrupted, and why (upstream's failSafe). */
export function withSyncFailed(status: Status, message: string, now: Date): Status {
  const condition = {
    type: 'DisruptionAllowed',
    status: 'False' as const,
    reason: 'SyncFailed',
    message,
    observedGeneration: status.observedGeneration ?? 0,
  }
  const conditions = setCondition(status.conditions, condition as unknown as Conditions[number], now)
  return { ...status, disruptionsAllowed: 0, conditions }
}
