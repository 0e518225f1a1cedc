import type { Deployment } from '../../../api/apps/deployment.ts'
import type { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { scaledValue } from '../../../api/int-or-string.ts'

export const isRollingUpdate = (deployment: Deployment): boolean => (deployment.spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate'
export const desiredReplicas = (deployment: Deployment): number => deployment.spec.replicas ?? 1
export const replicasOf = (set: ReplicaSet): number => set.spec.replicas ?? 1
export const totalReplicas = (sets: readonly ReplicaSet[]): number => sets.reduce((sum, set) => sum + replicasOf(set), 0)
export const totalAvailable = (sets: readonly ReplicaSet[]): number =>
  sets.reduce((sum, set) => sum + (set.status.availableReplicas ?? 0), 0)

/** Whether the ReplicaSet controller has heard of the set's size. */
const isObserved = ({ metadata, status }: ReplicaSet): boolean => (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
const isNew = ({ metadata, status }: ReplicaSet): boolean => status.observedGeneration === undefined && (metadata.generation ?? 0) <= 1

/**
 * The most pods that a ReplicaSet may have at the moment: those above its size have still to go, and until its controller has heard
 * of a size nobody knows. Upstream counts sizes alone, and may have more pods than the surge allows for the time that takes.
 */
export const mostPods = (set: ReplicaSet): number =>
  isObserved(set) ? Math.max(replicasOf(set), set.status.replicas) : isNew(set) ? replicasOf(set) : Infinity

/**
 * How many available pods a ReplicaSet is sure to keep. Those above its size go, though its status may count them still; and until its
 * controller has heard of a size, pods may have gone for an earlier one.
 */
export const keptAvailable = (set: ReplicaSet): number =>
  isObserved(set) ? Math.min(replicasOf(set), set.status.availableReplicas ?? 0) : 0

/** How many pods may be too many and too few during a rolling update. Never both 0, or nothing could move. */
export function rollingLimits(deployment: Deployment): { readonly maxSurge: number; readonly maxUnavailable: number } {
  if (!isRollingUpdate(deployment)) return { maxSurge: 0, maxUnavailable: 0 }
  const replicas = desiredReplicas(deployment)
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {}
  const surge = scaledValue(maxSurge, replicas, 'up')
  const unavailable = scaledValue(maxUnavailable, replicas, 'down')
  return { maxSurge: surge, maxUnavailable: Math.min(surge === 0 && unavailable === 0 ? 1 : unavailable, replicas) }
}
