import type { Pod } from '../../api/core/pod.ts'
import type { PodStatus } from '../../api/core/pod-status.ts'
import type { PodLifecycle } from './pod-workers.ts'

export interface LifecycleMeter {
  worked(operation: 'create' | 'update' | 'sync' | 'kill', seconds: number): void
  podStarted(seconds: number): void
  forget(podUid: string): void
}

/** The same lifecycle; how long its steps take is told, and how long a pod took from being seen first to running. */
export function measuredLifecycle(lifecycle: PodLifecycle, meter: LifecycleMeter, phaseOf: (pod: Pod) => PodStatus['phase']): PodLifecycle {
  /** When each pod was first seen; undefined once it ran. */
  const firstSeen = new Map<string, number | undefined>()
  const since = (began: number) => (performance.now() - began) / 1000
  return {
    async sync(pod, signal) {
      const { uid } = pod.metadata
      const began = performance.now()
      const operation = firstSeen.has(uid) ? 'sync' : 'create'
      // One that runs already when the agent starts was not started by it.
      if (operation === 'create') firstSeen.set(uid, phaseOf(pod) === 'Pending' ? began : undefined)
      try {
        return await lifecycle.sync(pod, signal)
      } finally {
        meter.worked(operation, since(began))
        const seen = firstSeen.get(uid)
        if (seen !== undefined && phaseOf(pod) === 'Running') {
          meter.podStarted(since(seen))
          firstSeen.set(uid, undefined)
        }
      }
    },
    async terminate(pod, request, signal) {
      const began = performance.now()
      await lifecycle.terminate(pod, request, signal)
      meter.worked('kill', since(began))
    },
    async release(pod, signal) {
      const gone = await lifecycle.release(pod, signal)
      if (gone) {
        firstSeen.delete(pod.metadata.uid)
        meter.forget(pod.metadata.uid)
      }
      return gone
    },
  }
}
