import { findCondition } from '../../api/conditions.ts'
import { Pod } from '../../api/core/pod.ts'
import { isNotFound } from '../../api/errors.ts'
import { timestamp } from '../../api/time.ts'
import { keyOf } from '../../client/cache.ts'
import type { Client } from '../../client/client.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import type { Logger } from '../../common/log.ts'

export interface SchedulingFailure {
  readonly message: string
  readonly reason: 'Unschedulable' | 'SchedulerError'
  /** The node that the pod is promised from now on; undefined: none. */
  readonly nominated: string | undefined
}

/** Tells the user why a pod has no node: as an event, and, when it is news, as the condition PodScheduled with the promised node. */
export class FailureReporter {
  readonly #options: { readonly client: Pick<Client, 'patch'>; readonly events: EventRecorder; readonly log: Logger }

  constructor(options: { readonly client: Pick<Client, 'patch'>; readonly events: EventRecorder; readonly log: Logger }) {
    this.#options = options
  }

  async report(pod: Pod, { message, reason, nominated }: SchedulingFailure): Promise<void> {
    this.#options.events.event(pod, { type: 'Warning', reason: 'FailedScheduling', message, action: 'Scheduling' })
    const current = findCondition(pod.status.conditions, 'PodScheduled')
    const told = current?.status === 'False' && current.reason === reason && current.message === message
    const promised = nominated === pod.status.nominatedNodeName
    if (told && promised) return
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason,
      message,
      ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
      lastProbeTime: null,
      lastTransitionTime: current?.status === 'False' ? current.lastTransitionTime : timestamp(new Date()),
    }
    const { name, namespace } = pod.metadata
    const status = { conditions: [condition], ...(promised ? {} : { nominatedNodeName: nominated ?? null }) }
    try {
      await this.#options.client.patch(Pod, { name, namespace }, { type: 'strategic', subresource: 'status', body: { status } })
    } catch (error) {
      if (!isNotFound(error)) this.#options.log.warn('condition not written', { pod: keyOf(pod), error })
    }
  }
}
