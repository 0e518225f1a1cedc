import { findCondition, isConditionTrue } from '../../api/conditions.ts'
import type { Pod } from '../../api/core/pod.ts'
import { isPodFinished } from '../../api/pod-phase.ts'

export const isPodActive = (pod: Pod): boolean => !isPodFinished(pod) && !pod.metadata.deletionTimestamp

export const isPodReady = (pod: Pod): boolean => isConditionTrue(pod.status.conditions, 'Ready')

/** Milliseconds until a ready pod will have been ready for `minReadySeconds`; 0 when it has, undefined while it is not ready. */
export function availableIn(pod: Pod, minReadySeconds: number, now: Date): number | undefined {
  const ready = findCondition(pod.status.conditions, 'Ready')
  if (ready?.status !== 'True') return undefined
  if (minReadySeconds === 0) return 0
  if (!ready.lastTransitionTime) return undefined
  return Math.max(0, Date.parse(ready.lastTransitionTime) + minReadySeconds * 1000 - now.getTime())
}
