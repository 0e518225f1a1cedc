import type { Pod } from '../../api/core/pod.ts'
import type { QueueSizes } from './queue.ts'

/** Told what the scheduler does: for those who count. */
export interface SchedulerObserver {
  /** Says how many pods are where, whenever it is asked. */
  follow(pending: () => QueueSizes): void
  /** An attempt to place the pod begins. */
  begins(pod: Pod): void
  ends(pod: Pod, result: 'scheduled' | 'unschedulable' | 'error'): void
  /** The pod is gone. */
  forget(pod: Pod): void
  /** Room is looked for; `victims`: how many pods have to go, none where that would not help. */
  preempts(victims: number): void
}
