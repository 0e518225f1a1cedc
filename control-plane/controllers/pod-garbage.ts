import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import { isNotFound } from '../../api/errors.ts'
import { isPodFinished } from '../../api/pod-phase.ts'
import { timestamp } from '../../api/time.ts'
import { watching, type Controller } from '../../client/controller.ts'
import type { ControllerContext } from './context.ts'

/** Upstream keeps so many finished pods that nobody deletes. */
const terminatedThreshold = 12_500
/** How long a node must be gone before its pods are: it may only have been made anew. */
const quarantine = 40_000
const interval = 20_000

const unscheduledTerminating = (pod: Pod) => Boolean(pod.metadata.deletionTimestamp) && !pod.spec.nodeName
const createdAt = (pod: Pod) => Date.parse(pod.metadata.creationTimestamp)

/** Which finished pods are too many, the oldest first. */
const surplusFinished = (pods: readonly Pod[], threshold: number): Pod[] => {
  const finished = pods.filter(isPodFinished)
  return finished.sort((a, b) => createdAt(a) - createdAt(b)).slice(0, Math.max(0, finished.length - threshold))
}

/** Removes pods that no kubelet will: of nodes that are gone, deleted before they had a node, and finished ones beyond the threshold. */
export const podGarbageCollector = (context: ControllerContext): Controller => {
  const { client, informers, clock } = context
  const goneSince = new Map<string, number>()
  const podsOn = informers.for(Pod).cache.index('node', pod => [pod.spec.nodeName ?? ''])

  const remove = async (pod: Pod) => {
    try {
      await client.delete(Pod, pod.metadata, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
  const removeOrphan = async (pod: Pod) => {
    if (!isPodFinished(pod)) {
      const condition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'DeletionByPodGC',
        message: 'PodGC: node no longer exists',
        lastTransitionTime: timestamp(clock.now()),
      }
      const body = { status: { phase: 'Failed', conditions: [condition] } }
      try {
        await client.patch(Pod, pod.metadata, { type: 'strategic', subresource: 'status', body })
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
    await remove(pod)
  }
  const nodeGone = async (name: string): Promise<boolean> => {
    try {
      await client.get(Node, { name })
      return false
    } catch (error) {
      if (isNotFound(error)) return true
      throw error
    }
  }

  /** Keys are names of nodes; '' stands for the pods without one and the finished ones. */
  return {
    name: 'pod-garbage-collector-controller',
    watches: [
      watching(Node, ({ metadata }) => [metadata.name]),
      watching(Pod, pod => [
        ...(pod.spec.nodeName ? [pod.spec.nodeName] : []),
        ...(unscheduledTerminating(pod) || isPodFinished(pod) ? [''] : []),
      ]),
    ],
    workers: 1,
    async reconcile(key) {
      if (key === '') {
        for (const pod of podsOn('').filter(unscheduledTerminating)) await remove(pod)
        for (const pod of surplusFinished(informers.for(Pod).cache.list(), terminatedThreshold)) await remove(pod)
        return undefined
      }
      if (informers.for(Node).cache.get(key) || podsOn(key).length === 0) {
        goneSince.delete(key)
        return undefined
      }
      const since = goneSince.get(key) ?? clock.now().getTime()
      goneSince.set(key, since)
      const left = since + quarantine - clock.now().getTime()
      if (left > 0) return left
      if (!(await nodeGone(key))) return interval
      for (const pod of podsOn(key)) await removeOrphan(pod)
      return undefined
    },
  }
}
