import { setCondition } from '../../api/conditions.ts'
import { Pod } from '../../api/core/pod.ts'
import { isTerminalPhase } from '../../api/pod-phase.ts'
import { PodDisruptionBudget } from '../../api/policy/pod-disruption-budget.ts'
import { budgetsOf, budgetVerdict, withDisruption } from '../../control-plane/api-server/registry/eviction-budget.ts'
import type { World } from './history.ts'

const by = 'eviction'

/** What became of an eviction: it was refused, it was granted, or it was granted and the server died before the pod was deleted. */
export type Evicted = 'refused' | 'gone' | 'forgotten'

/** The eviction subresource, by the registry's own rules: budgets are asked, and one disruption is taken from them. */
export function evict({ api, time, chance }: Pick<World, 'api' | 'time' | 'chance'>, pod: Pod): Evicted {
  const { metadata, status } = pod
  const unguarded = isTerminalPhase(status.phase) || status.phase === 'Pending' || metadata.deletionTimestamp !== undefined
  const budgets = unguarded ? [] : budgetsOf(pod, api.all(PodDisruptionBudget))
  const [budget, ...others] = budgets
  if (budget) {
    const verdict = budgetVerdict(pod, budget, others)
    if (verdict instanceof Error) return 'refused'
    if (verdict === 'allowed') {
      const taken = withDisruption(budget, metadata.name, time.now())
      api.update(PodDisruptionBudget, taken, { by, subresource: 'status' })
      if (chance.happens(0.1)) return 'forgotten'
    }
  }
  const target = { type: 'DisruptionTarget', status: 'True' as const, reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' }
  const conditions = setCondition(status.conditions, target, time.now())
  api.update(Pod, { ...pod, status: { ...status, conditions } } as Pod, { by, subresource: 'status' })
  if (budget && chance.happens(0.05)) return 'forgotten'
  api.delete(Pod, metadata, { by })
  return 'gone'
}
