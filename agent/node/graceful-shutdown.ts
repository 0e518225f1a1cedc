import type { Pod } from '../../api/core/pod.ts'
import { sleepUnlessAborted, type Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import { shutdownGrace, shutdownGroups, type ShutdownGroup, type ShutdownPeriod } from './plan-shutdown.ts'

export interface GracefulShutdownOptions {
  /** None: there is no graceful shutdown, as upstream has it by default. */
  readonly periods: readonly ShutdownPeriod[]
  /** Those of which containers may run. */
  readonly pods: () => readonly Pod[]
  readonly terminate: (pod: Pod, verdict: { readonly graceSeconds: number; readonly reason: string; readonly message: string }) => void
  /** Whether all of the pod is at an end, and said. */
  readonly isOver: (uid: string) => boolean
  readonly clock: Clock
  readonly log: Logger
}

const lookMs = 100
/** What pods are given beyond their period to have their end told to the API. */
const farewellMs = 5_000

/** Ends the pods of a node that is about to be switched off, the less important ones first; meanwhile lets no new ones in. */
export class GracefulShutdown {
  readonly #options: GracefulShutdownOptions
  #underWay = false

  constructor(options: GracefulShutdownOptions) {
    this.#options = options
  }

  get isConfigured(): boolean {
    return this.#options.periods.length > 0
  }

  admit(): { reason: string; message: string } | undefined {
    return this.#underWay ? { reason: 'NodeShutdown', message: 'Pod was rejected as the node is shutting down.' } : undefined
  }

  /** Resolves when all pods have ended, or their time is over. */
  async run(signal: AbortSignal): Promise<void> {
    const { periods, pods, isOver, log } = this.#options
    this.#underWay = true
    const all = pods()
    for (const group of shutdownGroups(periods, all)) {
      log.info('ending the pods of a priority', { priority: group.priority, seconds: group.seconds, pods: group.pods.length })
      this.#terminate(group)
      await this.#until(() => group.pods.every(({ metadata }) => isOver(metadata.uid)), group.seconds * 1000, signal)
    }
    await this.#until(() => all.every(({ metadata }) => isOver(metadata.uid)), farewellMs, signal)
  }

  #terminate(group: ShutdownGroup): void {
    const message = 'Pod was terminated in response to imminent node shutdown.'
    for (const pod of group.pods) this.#options.terminate(pod, { graceSeconds: shutdownGrace(pod, group), reason: 'Terminated', message })
  }

  async #until(done: () => boolean, milliseconds: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    const deadline = clock.now().getTime() + milliseconds
    while (!done() && !signal.aborted && clock.now().getTime() < deadline) await sleepUnlessAborted(clock, lookMs, signal)
  }
}
