import type { Deployment } from '../../../api/apps/deployment.ts'
import type { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { desiredReplicas, isRollingUpdate, mostPods, replicasOf, rollingLimits, totalReplicas } from './limits.ts'
import { activeOf, allOf, newSetSize, type Scaling, type Sets } from './plan-rollout.ts'
import { annotatedMaximum, annotatedDesired, byAge } from './revisions.ts'

/** A change of `replicas`: to the one active ReplicaSet, or in proportion to all of them while a rollout is under way. */
export function planScaling(deployment: Deployment, sets: Sets): Scaling[] {
  const desired = desiredReplicas(deployment)
  const only = activeOrLatest(sets)
  // Also where the size fits already: its annotations must learn the new wish.
  if (only) return [{ set: only, replicas: replicasOf(only) < desired ? grownSize(deployment, only, sets) : desired }]
  if (sets.current && isSaturated(deployment, sets.current)) return activeOf(sets.old).map(set => ({ set, replicas: 0 }))
  return isRollingUpdate(deployment) ? planProportional(deployment, allOf(sets)) : []
}

function grownSize(deployment: Deployment, set: ReplicaSet, sets: Sets): number {
  const others = allOf(sets).filter(other => other !== set)
  return newSetSize(deployment, others, replicasOf(set))
}

function activeOrLatest({ current, old }: Sets): ReplicaSet | undefined {
  const active = activeOf(allOf({ current, old }))
  if (active.length > 1) return undefined
  return active[0] ?? current ?? [...old].sort(byAge).at(-1)
}

const isSaturated = (deployment: Deployment, set: ReplicaSet): boolean => {
  const desired = desiredReplicas(deployment)
  return replicasOf(set) === desired && annotatedDesired(set) === desired && set.status.availableReplicas === desired
}

function planProportional(deployment: Deployment, all: readonly ReplicaSet[]): Scaling[] {
  const sets = activeOf(all)
  const desired = desiredReplicas(deployment)
  const allowed = desired > 0 ? desired + rollingLimits(deployment).maxSurge : 0
  const missing = allowed - totalReplicas(sets)
  // Pods that are too many somewhere take room until they are gone.
  const toAdd = missing > 0 ? Math.max(0, allowed - all.reduce((sum, set) => sum + mostPods(set), 0)) : missing
  // Bigger ones take their share first; of equals the newer grows and the older shrinks first.
  const sorted = [...sets].sort((a, b) => replicasOf(b) - replicasOf(a) || (toAdd > 0 ? byAge(b, a) : byAge(a, b)))
  let added = 0
  const scalings = sorted.map(set => {
    const share = fraction(deployment, set)
    const left = toAdd - added
    const step = toAdd === 0 || left === 0 ? 0 : toAdd > 0 ? Math.min(share, left) : Math.max(share, left)
    added += step
    return { set, replicas: replicasOf(set) + step }
  })
  // What rounding left over goes to the first.
  return scalings.map((scaling, index) => (index === 0 ? { ...scaling, replicas: Math.max(0, scaling.replicas + toAdd - added) } : scaling))
}

/** How much a ReplicaSet grows (or shrinks) to keep its share of the Deployment. */
function fraction(deployment: Deployment, set: ReplicaSet): number {
  const size = replicasOf(set)
  const desired = desiredReplicas(deployment)
  if (desired === 0) return -size
  const maximum = desired + rollingLimits(deployment).maxSurge
  const before = annotatedMaximum(set) || (deployment.status.replicas ?? 0)
  return before === 0 ? 0 : Math.round((size * maximum) / before) - size
}
