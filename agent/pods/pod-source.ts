import { Pod } from '../../api/core/pod.ts'
import { isMirrorPod } from '../../api/static-pods.ts'
import { timestamp } from '../../api/time.ts'
import type { Client } from '../../client/client.ts'
import { Informer } from '../../client/informer.ts'
import type { Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { PodWorkers } from './pod-workers.ts'

export interface PodSourceOptions {
  readonly client: Pick<Client, 'list' | 'watch'>
  readonly nodeName: string
  readonly workers: PodWorkers
  /** Told every version of every pod. */
  readonly heard: (pod: Pod) => void
  /** Told when a pod comes, changes or goes that only shows what this node runs from a file: none of these is run. */
  readonly mirrorHeard: (pod: Pod) => void
  readonly clock: Clock
  readonly log: Logger
}

/** The pods that the API has bound to this node, told to the workers as they come, change and go. */
export class PodSource {
  readonly #informer: Informer<Pod>
  readonly #options: PodSourceOptions

  constructor(options: PodSourceOptions) {
    this.#options = options
    const { client, nodeName, log } = options
    this.#informer = new Informer({ client, kind: Pod, fieldSelector: `spec.nodeName=${nodeName}`, log })
  }

  /** For others who want to hear of the node's pods; it runs as long as this does. */
  get informer(): Pick<Informer<Pod>, 'addListener' | 'cache' | 'synced'> {
    return this.#informer
  }
  get hasSynced(): boolean {
    return this.#informer.hasSynced
  }
  synced(signal: AbortSignal): Promise<void> {
    return this.#informer.synced(signal)
  }
  list(): readonly Pod[] {
    return this.#informer.cache.list()
  }
  has(uid: string): boolean {
    return this.#informer.cache.list().some(({ metadata }) => metadata.uid === uid)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { workers, clock, heard, mirrorHeard } = this.#options
    this.#informer.addListener({
      added: pod => (isMirrorPod(pod) ? mirrorHeard(pod) : this.#heard(pod)),
      updated: (pod, previous) => {
        if (isMirrorPod(pod)) return mirrorHeard(pod)
        // A namesake took its place between two looks.
        if (pod.metadata.uid !== previous.metadata.uid) workers.gone(previous, timestamp(clock.now()))
        heard(pod)
        if (worthALook(pod, previous)) this.#heard(pod)
      },
      deleted: pod => (isMirrorPod(pod) ? mirrorHeard(pod) : workers.gone(pod, timestamp(clock.now()))),
    })
    await this.#informer.run(signal)
  }

  #heard(pod: Pod): void {
    const { workers } = this.#options
    workers.update(pod)
    const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata
    if (deletionTimestamp)
      workers.terminate(pod.metadata.uid, deletionGracePeriodSeconds === undefined ? {} : { graceSeconds: deletionGracePeriodSeconds })
  }
}

/** An update that only brings back the status this agent wrote is no news; conditions of others may gate readiness. */
function worthALook(pod: Pod, previous: Pod): boolean {
  if (pod.metadata.uid !== previous.metadata.uid || pod.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp) return true
  if (pod.metadata.deletionGracePeriodSeconds !== previous.metadata.deletionGracePeriodSeconds) return true
  const of = ({ metadata, spec, status }: Pod) =>
    JSON.stringify([
      metadata.labels,
      metadata.annotations,
      spec,
      (spec.readinessGates ?? []).map(gate => status.conditions?.find(({ type }) => type === gate.conditionType)),
    ])
  return of(pod) !== of(previous)
}
