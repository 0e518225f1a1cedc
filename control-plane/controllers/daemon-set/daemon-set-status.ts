import type { DaemonSetStatus } from '../../../api/apps/daemon-set.ts'
import { availableIn, isPodReady } from '../pod-readiness.ts'
import { isAvailable, isUpdated, podsByNode, type DaemonSetState } from './daemon-pods.ts'
import { nodeFit } from './node-fit.ts'

/** The status that nodes and pods amount to, and in how many milliseconds the next pod becomes available. */
export function daemonSetStatus(state: DaemonSetState, collisionCount: number | undefined): { status: DaemonSetStatus; after?: number } {
  const { set, nodes, hash, now } = state
  const byNode = podsByNode(state)
  const all = nodes.map(node => ({ wanted: nodeFit(set, node).shouldRun, pods: byNode.get(node.metadata.name) ?? [] }))
  const wanted = all.filter(each => each.wanted)
  // Of several the oldest counts.
  const counted = wanted.flatMap(({ pods: [pod] }) => pod ?? [])
  const ready = counted.filter(isPodReady)
  const available = ready.filter(pod => isAvailable(state, pod)).length
  // Also of those that take over: an update goes on when they are available.
  const waits = wanted.flatMap(({ pods }) => pods).flatMap(pod => availableIn(pod, set.spec.minReadySeconds ?? 0, now) || [])
  const status: DaemonSetStatus = {
    currentNumberScheduled: counted.length,
    numberMisscheduled: all.filter(each => !each.wanted && each.pods.length > 0).length,
    desiredNumberScheduled: wanted.length,
    numberReady: ready.length,
    updatedNumberScheduled: counted.filter(pod => isUpdated(set, hash, pod)).length,
    numberAvailable: available,
    numberUnavailable: wanted.length - available,
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(set.status.conditions ? { conditions: set.status.conditions } : {}),
  }
  return { status, ...(waits.length > 0 ? { after: Math.min(...waits) } : {}) }
}
