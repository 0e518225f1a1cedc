import type { Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { PodCache } from '../pleg/pod-cache.ts'
import type { ObservedPod, Runtime } from '../runtime/runtime.ts'
import { removePod } from './removal.ts'

export interface HousekeepingOptions {
  readonly runtime: Pick<Runtime, 'stopContainer' | 'stopSandbox' | 'removeContainer' | 'removeSandbox' | 'listVolumes' | 'removeVolume'>
  readonly cache: PodCache
  /** True for pods that a worker or the API knows. */
  readonly isKnown: (uid: string) => boolean
  /** Resolves when it can be said what is known. */
  readonly ready: (signal: AbortSignal) => Promise<void>
  readonly clock: Clock
  readonly log: Logger
  readonly periodMs?: number
}

/** Clears away what belongs to pods that nobody knows any more: containers first, then volumes. */
export class Housekeeping {
  readonly #options: HousekeepingOptions

  constructor(options: HousekeepingOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { ready, clock, log, periodMs = 120_000 } = this.#options
    try {
      await ready(signal)
      while (!signal.aborted) {
        await this.clean().catch((error: unknown) => log.warn('housekeeping failed', { error }))
        await clock.sleep(periodMs, signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async clean(): Promise<void> {
    const { cache, isKnown, runtime } = this.#options
    await Promise.all(
      cache
        .all()
        .filter(({ identity }) => !isKnown(identity.uid))
        .map(pod => this.#clear(pod)),
    )
    const orphans = (await runtime.listVolumes()).filter(({ podUid }) => !isKnown(podUid))
    await Promise.all(orphans.map(({ name }) => runtime.removeVolume(name)))
  }

  async #clear(pod: ObservedPod): Promise<void> {
    const { runtime, cache, log } = this.#options
    log.info('clearing away a pod that nobody knows', { pod: pod.identity.name, namespace: pod.identity.namespace, uid: pod.identity.uid })
    const running = pod.containers.filter(({ state }) => state === 'running')
    await Promise.all(running.map(({ id }) => runtime.stopContainer(id, { graceSeconds: 2 })))
    await Promise.all(pod.sandboxes.map(({ id }) => runtime.stopSandbox(id)))
    await removePod(runtime, pod)
    cache.delete(pod.identity.uid)
  }
}
