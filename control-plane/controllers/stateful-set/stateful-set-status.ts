import type { StatefulSet, StatefulSetStatus } from '../../../api/apps/stateful-set.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { availableIn, isPodReady } from '../pod-readiness.ts'
import { replicasOf, revisionOf } from './identity.ts'

export interface ObservedSet {
  /** The set's pods, and which of them have just been deleted for an update. */
  readonly pods: readonly Pod[]
  readonly outdated: readonly Pod[]
  readonly current: string
  readonly update: string
  readonly collisionCount: number
  readonly now: Date
}

/** The status that the pods amount to, and in how many milliseconds the next one becomes available. */
export function statefulSetStatus(
  set: StatefulSet,
  { pods, outdated, current, update, collisionCount, now }: ObservedSet,
): { status: StatefulSetStatus; after?: number } {
  const ready = pods.filter(pod => pod.status.phase === 'Running' && isPodReady(pod))
  const waits = ready.map(pod => availableIn(pod, set.spec.minReadySeconds ?? 0, now))
  const future = waits.filter(wait => wait !== undefined && wait > 0) as number[]
  const staying = pods.filter(({ metadata }) => !metadata.deletionTimestamp)
  const ofRevision = (name: string) => staying.filter(pod => revisionOf(pod) === name).length
  const status: StatefulSetStatus = {
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    replicas: pods.length,
    readyReplicas: ready.length,
    availableReplicas: waits.filter(wait => wait === 0).length,
    currentReplicas: ofRevision(current) - (current === update ? 0 : outdated.filter(pod => revisionOf(pod) === current).length),
    updatedReplicas: ofRevision(update),
    currentRevision: current,
    updateRevision: update,
    collisionCount,
    ...(set.status.conditions ? { conditions: set.status.conditions } : {}),
  }
  return { status: completed(set, status), ...(future.length > 0 ? { after: Math.min(...future) } : {}) }
}

/** Once all pods have the new revision and are ready, it is the current one (upstream's completeRollingUpdate). */
function completed(set: StatefulSet, status: StatefulSetStatus): StatefulSetStatus {
  const wanted = replicasOf(set)
  const done = [status.updatedReplicas, status.readyReplicas, status.replicas].every(count => count === wanted)
  if (set.spec.updateStrategy.type !== 'RollingUpdate' || !done) return status
  return { ...status, currentReplicas: status.updatedReplicas ?? 0, currentRevision: status.updateRevision ?? '' }
}
