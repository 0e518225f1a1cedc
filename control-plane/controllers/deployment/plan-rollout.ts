import type { Deployment } from '../../../api/apps/deployment.ts'
import type { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { desiredReplicas, isRollingUpdate, keptAvailable, mostPods, replicasOf, rollingLimits, totalReplicas } from './limits.ts'
import { annotatedDesired, byAge } from './revisions.ts'

/** One ReplicaSet brought to a size. */
export interface Scaling {
  readonly set: ReplicaSet
  readonly replicas: number
}
export interface Sets {
  readonly current: ReplicaSet | undefined
  readonly old: readonly ReplicaSet[]
}

export const allOf = ({ current, old }: Sets): readonly ReplicaSet[] => (current ? [...old, current] : old)
export const activeOf = (sets: readonly ReplicaSet[]): readonly ReplicaSet[] => sets.filter(set => replicasOf(set) > 0)

/** Whether the Deployment's size changed since its ReplicaSets were last told: then scaling comes before rolling. */
export const isScalingEvent = (deployment: Deployment, sets: readonly ReplicaSet[]): boolean =>
  activeOf(sets).some(set => {
    const desired = annotatedDesired(set)
    return desired !== undefined && desired !== desiredReplicas(deployment)
  })

/** The size that a new ReplicaSet may have now: all that is missing, within the surge. */
export function newSetSize(deployment: Deployment, others: readonly ReplicaSet[], current: number): number {
  const desired = desiredReplicas(deployment)
  if (!isRollingUpdate(deployment)) return desired
  const taken = others.reduce((sum, set) => sum + mostPods(set), 0)
  return Math.max(current, Math.min(desired, desired + rollingLimits(deployment).maxSurge - taken))
}

/** One step of a rolling update: more of the new one, or, when that cannot grow, less of the old ones. */
export function planRollingUpdate(deployment: Deployment, { current, old }: Sets): Scaling[] {
  if (!current) return []
  const desired = desiredReplicas(deployment)
  const size = replicasOf(current)
  if (size > desired) return [{ set: current, replicas: desired }]
  const grown = newSetSize(deployment, old, size)
  return grown === size ? planScaleDown(deployment, current, old) : [{ set: current, replicas: grown }]
}

function planScaleDown(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): Scaling[] {
  const minAvailable = desiredReplicas(deployment) - rollingLimits(deployment).maxUnavailable
  const newUnavailable = replicasOf(current) - keptAvailable(current)
  const most = totalReplicas([...old, current]) - minAvailable - newUnavailable
  if (most <= 0) return []
  // Those that do not work go first: they are missed by nobody.
  const sizes = new Map([...old].sort(byAge).map(set => [set, replicasOf(set)]))
  shrink(sizes, most, (set, size) => Math.max(0, size - (set.status.availableReplicas ?? 0)))
  const available = [...old, current].reduce((sum, set) => sum + keptAvailable(set), 0)
  shrink(sizes, available - minAvailable, (_, size) => size)
  return [...sizes].filter(([set, replicas]) => replicas !== replicasOf(set)).map(([set, replicas]) => ({ set, replicas }))
}

function shrink(sizes: Map<ReplicaSet, number>, budget: number, dispensable: (set: ReplicaSet, size: number) => number): void {
  let left = budget
  for (const [set, size] of sizes) {
    const step = Math.min(left, dispensable(set, size))
    if (step <= 0) continue
    sizes.set(set, size - step)
    left -= step
  }
}

/** The first half of a Recreate rollout: all old ones to nothing. */
export const planStop = (old: readonly ReplicaSet[]): Scaling[] => activeOf(old).map(set => ({ set, replicas: 0 }))
