import type { Taint, Toleration } from '../../../api/core/affinity.ts'
import { Node } from '../../../api/core/node.ts'
import { Pod } from '../../../api/core/pod.ts'
import { isNotFound } from '../../../api/errors.ts'
import { timestamp } from '../../../api/time.ts'
import { keyOf } from '../../../client/cache.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { tolerates } from '../../../api/tolerations.ts'
import type { ControllerContext } from '../context.ts'

/**
 * When a pod must leave a node with these taints: a time in milliseconds, or undefined when it may stay. `since`: when that was asked
 * first; taints made by hand do not say how old they are.
 */
export function evictionTime(taints: readonly Taint[], tolerations: readonly Toleration[], since: number): number | undefined {
  const times = taints
    .filter(({ effect }) => effect === 'NoExecute')
    .map(taint => {
      const added = taint.timeAdded ? Date.parse(taint.timeAdded) : since
      const tolerating = tolerations.filter(toleration => tolerates(toleration, taint))
      if (tolerating.length === 0) return added
      const limits = tolerating.flatMap(({ tolerationSeconds }) =>
        tolerationSeconds === undefined ? [] : [Math.max(0, tolerationSeconds)],
      )
      return limits.length === 0 ? Infinity : added + Math.min(...limits) * 1000
    })
  const earliest = Math.min(...times)
  return earliest === Infinity ? undefined : earliest
}

/** Deletes pods from nodes whose NoExecute taints they do not tolerate, or no longer. */
export const taintEvictionController = (context: ControllerContext): Controller => {
  const { client, informers, events, clock } = context
  const podsOn = informers.for(Pod).cache.index('node', pod => [pod.spec.nodeName ?? ''])
  /** Pods that are to leave later, and since when that is so. */
  const scheduled = new Map<string, { readonly uid: string; readonly since: number }>()

  const evict = async (pod: Pod) => {
    events.event(pod, { type: 'Normal', reason: 'TaintManagerEviction', message: `Marking for deletion Pod ${keyOf(pod)}` })
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      lastTransitionTime: timestamp(clock.now()),
    }
    try {
      await client.patch(Pod, pod.metadata, { type: 'strategic', subresource: 'status', body: { status: { conditions: [condition] } } })
      await client.delete(Pod, pod.metadata, { preconditions: { uid: pod.metadata.uid } })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }

  return {
    name: 'taint-eviction-controller',
    watches: [
      watching(Pod, pod => (pod.spec.nodeName ? [keyOf(pod)] : [])),
      watching(Node, node =>
        node.spec.taints?.some(({ effect }) => effect === 'NoExecute') || hasScheduled(node.metadata.name)
          ? podsOn(node.metadata.name).map(keyOf)
          : [],
      ),
    ],
    workers: 4,
    async reconcile(key) {
      const pod = informers.for(Pod).cache.get(key)
      const node = informers.for(Node).cache.get(pod?.spec.nodeName ?? '')
      if (!pod || !node || pod.metadata.deletionTimestamp) {
        scheduled.delete(key)
        return undefined
      }
      const now = clock.now().getTime()
      const known = scheduled.get(key)
      const since = known?.uid === pod.metadata.uid ? known.since : now
      const time = evictionTime(node.spec.taints ?? [], pod.spec.tolerations ?? [], since)
      if (time === undefined) {
        if (scheduled.delete(key)) {
          events.event(pod, { type: 'Normal', reason: 'TaintManagerEviction', message: `Cancelling deletion of Pod ${key}` })
        }
        return undefined
      }
      if (time > now) {
        scheduled.set(key, { uid: pod.metadata.uid, since })
        return time - now
      }
      scheduled.delete(key)
      await evict(pod)
      return undefined
    },
  }

  function hasScheduled(node: string): boolean {
    return podsOn(node).some(pod => scheduled.has(keyOf(pod)))
  }
}
