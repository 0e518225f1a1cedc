import { setCondition } from '../../api/conditions.ts'
import { Pod } from '../../api/core/pod.ts'
import { isNotFound } from '../../api/errors.ts'
import type { Client } from '../../client/client.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import type { Candidate } from './preemption.ts'

export interface PreemptorOptions {
  readonly client: Pick<Client, 'patch' | 'delete'>
  readonly events: EventRecorder
}

/** Makes room: tells victims why they have to go, and deletes them with their grace period (upstream's prepareCandidate). */
export class Preemptor {
  readonly #options: PreemptorOptions

  constructor(options: PreemptorOptions) {
    this.#options = options
  }

  /** Resolves when all deletions have begun; rejects when one of them could not. */
  async evict(preemptor: Pod, { node, victims }: Candidate): Promise<void> {
    const leaving = victims.filter(({ metadata }) => !metadata.deletionTimestamp)
    await Promise.all(leaving.map(victim => this.#evictOne(victim, { preemptor, node })))
  }

  /** The pod is no longer promised any node. */
  async clearNomination(pod: Pod): Promise<void> {
    if (pod.status.nominatedNodeName) await this.#patchStatus(pod, { nominatedNodeName: null })
  }

  async #evictOne(victim: Pod, { preemptor, node }: { preemptor: Pod; node: string }): Promise<void> {
    const { name, namespace, uid, generation } = victim.metadata
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: `${preemptor.spec.schedulerName || 'default-scheduler'}: preempting to accommodate a higher priority pod`,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    }
    try {
      await this.#patchStatus(victim, { conditions: setCondition([], condition, new Date()) })
      await this.#options.client.delete(Pod, { name, namespace }, { preconditions: { uid } })
    } catch (error) {
      // It is gone, and another of its name is nobody's victim.
      if (isNotFound(error)) return
      throw error
    }
    this.#options.events.event(victim, {
      type: 'Normal',
      reason: 'Preempted',
      message: `Preempted by pod ${preemptor.metadata.uid} on node ${node}`,
      action: 'Preempting',
    })
  }

  async #patchStatus(pod: Pod, status: object): Promise<void> {
    const { name, namespace, uid } = pod.metadata
    await this.#options.client.patch(
      Pod,
      { name, namespace },
      { type: 'strategic', subresource: 'status', body: { metadata: { uid }, status } },
    )
  }
}
