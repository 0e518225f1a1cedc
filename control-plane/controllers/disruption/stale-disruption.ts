import { findCondition } from '../../../api/conditions.ts'
import { Pod } from '../../../api/core/pod.ts'
import { isNotFound } from '../../../api/errors.ts'
import { isPodFinished } from '../../../api/pod-phase.ts'
import { timestamp } from '../../../api/time.ts'
import { keyOf } from '../../../client/cache.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import type { ControllerContext } from '../context.ts'

/** Upstream's stalePodDisruptionTimeout. */
const timeout = 120_000

const targetOf = (pod: Pod) => {
  const target = findCondition(pod.status.conditions, 'DisruptionTarget')
  return target?.status === 'True' && !pod.metadata.deletionTimestamp && !isPodFinished(pod) ? target : undefined
}

/** A pod that was to be disrupted and lives on is no target any more; part of upstream's disruption controller. */
export const staleDisruptionController = ({ client, informers, clock }: ControllerContext): Controller => ({
  name: 'disruption-controller',
  watches: [watching(Pod, pod => (targetOf(pod) ? [keyOf(pod)] : []))],
  workers: 1,
  async reconcile(key) {
    const pod = informers.for(Pod).cache.get(key)
    const target = pod && targetOf(pod)
    if (!target) return undefined
    const left = Date.parse(target.lastTransitionTime ?? pod.metadata.creationTimestamp) + timeout - clock.now().getTime()
    if (left > 0) return left
    const condition = { type: 'DisruptionTarget', status: 'False', lastTransitionTime: timestamp(clock.now()), reason: null, message: null }
    try {
      await client.patch(Pod, pod.metadata, { type: 'strategic', subresource: 'status', body: { status: { conditions: [condition] } } })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
    return undefined
  },
})
