import type { Pod } from '../../api/core/pod.ts'
import type { Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import { isRuntimeError } from '../runtime/runtime.ts'
import type { VolumeManager } from '../volumes/volume-manager.ts'
import type { PodEvents } from './pod-events.ts'
import type { TerminationRequest } from './pod-workers.ts'

export interface LocalStorageEvictionOptions {
  readonly volumes: Pick<VolumeManager, 'overLimit'>
  readonly events: PodEvents
  /** Pods that run. */
  readonly pods: () => readonly Pod[]
  readonly terminate: (uid: string, request: TerminationRequest) => void
  readonly clock: Clock
  readonly log: Logger
  readonly periodMs?: number
}

/** Upstream's grace for a pod that has to go at once. */
const graceSeconds = 1

/** Evicts pods whose emptyDir volumes have outgrown their sizeLimit. There is no event to wait for: it looks, as upstream does. */
export class LocalStorageEviction {
  readonly #options: LocalStorageEvictionOptions
  readonly #evicted = new Set<string>()

  constructor(options: LocalStorageEvictionOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, periodMs = 10_000 } = this.#options
    while (!signal.aborted) {
      await this.check()
      await clock.sleep(periodMs, signal).catch((reason: unknown) => {
        if (!signal.aborted) throw reason
      })
    }
  }

  async check(): Promise<void> {
    const limited = this.#options.pods().filter(hasLimit)
    for (const uid of this.#evicted) if (!limited.some(({ metadata }) => metadata.uid === uid)) this.#evicted.delete(uid)
    await Promise.all(limited.filter(({ metadata }) => !this.#evicted.has(metadata.uid)).map(pod => this.#checkPod(pod)))
  }

  async #checkPod(pod: Pod): Promise<void> {
    const { volumes, events, terminate, log } = this.#options
    try {
      const over = await volumes.overLimit(pod)
      if (!over) return
      const message = `Usage of EmptyDir volume "${over.volume}" exceeds the limit "${over.limit}". `
      this.#evicted.add(pod.metadata.uid)
      events.record({ pod, type: 'Warning', reason: 'Evicted', message })
      terminate(pod.metadata.uid, { graceSeconds, failure: { reason: 'Evicted', message } })
    } catch (error) {
      // A pod that has no sandbox yet, or no more, uses nothing.
      if (!isRuntimeError(error, 'NotFound')) log.warn('the usage of volumes is not known', { pod: pod.metadata.name, error })
    }
  }
}

const hasLimit = ({ spec, metadata }: Pod): boolean =>
  metadata.deletionTimestamp === undefined && (spec.volumes ?? []).some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined)
