import { sleepUnlessAborted, type Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { ObservedPod, PodIdentity, Runtime, RuntimeEvent } from '../runtime/runtime.ts'
import { nothingObserved, type PodCache } from './pod-cache.ts'

export interface PlegOptions {
  readonly runtime: Pick<Runtime, 'listPods' | 'inspectPod' | 'events'>
  readonly cache: PodCache
  readonly clock: Clock
  readonly log: Logger
  /** Something about the pod's containers is different from what the cache held. */
  readonly onChange: (uid: string) => void
  /** Pause between full listings; they are the truth when events get lost. */
  readonly relistMs?: number
  /** How long to wait for more of the same before looking at a pod whose change is no news of a death. */
  readonly settleMs?: number
}

const summary = ({ sandboxes, containers }: ObservedPod) =>
  [...sandboxes.map(({ id, state, ip }) => `${id} ${state} ${ip ?? ''}`), ...containers.map(({ id, state }) => `${id} ${state}`)]
    .sort()
    .join('\n')

/**
 * The pod life cycle event generator. Runtime events are hints: they make it look at one pod now. Listing is the truth: it
 * happens at the start, whenever the event stream breaks, and every `relistMs`.
 */
export class Pleg {
  readonly #options: PlegOptions
  readonly #due = new Map<string, NodeJS.Timeout>()

  constructor(options: PlegOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#relistForEver(signal), this.#followForEver(signal)])
    for (const timer of this.#due.values()) clearTimeout(timer)
  }

  /** Asks the runtime about one pod and remembers the answer. Does not report a change: the caller is the one who wants to know. */
  async observe(identity: PodIdentity): Promise<ObservedPod> {
    const { runtime, cache, clock } = this.#options
    const asked = clock.now().getTime()
    const observed = (await runtime.inspectPod(identity.uid)) ?? nothingObserved(identity)
    cache.set(observed, asked)
    return observed
  }

  /** Compares everything the runtime lists with the cache and takes a full look at the pods that differ. */
  async relist(): Promise<void> {
    const { runtime, cache, clock, onChange } = this.#options
    const asked = clock.now().getTime()
    const listed = await runtime.listPods()
    const differing = listed.filter(pod => {
      const known = cache.latest(pod.identity.uid)
      return !known || summary(known) !== summary(pod)
    })
    const gone = cache.confirm(
      listed.map(({ identity }) => identity.uid),
      asked,
    )
    await Promise.all(differing.map(({ identity }) => this.observe(identity)))
    for (const uid of [...gone, ...differing.map(({ identity }) => identity.uid)]) onChange(uid)
  }

  async #relistForEver(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let pause = this.#options.relistMs ?? 10_000
      try {
        await this.relist()
      } catch (error) {
        this.#options.log.warn('containers could not be listed', { error })
        pause = Math.min(pause, 1000)
      }
      await sleepUnlessAborted(this.#options.clock, pause, signal)
    }
  }

  async #followForEver(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const event of this.#options.runtime.events(signal)) this.#heard(event)
        if (!signal.aborted) await this.relist()
      } catch (error) {
        if (!signal.aborted) this.#options.log.warn('the stream of container events broke', { error })
      }
      await sleepUnlessAborted(this.#options.clock, 500, signal)
    }
  }

  #heard({ podUid, type }: RuntimeEvent): void {
    const urgent = type === 'died' || type === 'oom'
    const timer = this.#due.get(podUid)
    if (timer && !urgent) return
    clearTimeout(timer)
    const heardAt = this.#options.clock.now().getTime()
    const wait = urgent ? 0 : (this.#options.settleMs ?? 300)
    this.#due.set(podUid, setTimeout(() => void this.#look(podUid, heardAt), wait).unref())
  }

  async #look(uid: string, heardAt: number): Promise<void> {
    this.#due.delete(uid)
    const { cache, log, onChange } = this.#options
    if (cache.askedAt(uid) > heardAt) return
    const before = cache.latest(uid)
    try {
      const observed = await this.observe(before?.identity ?? { uid, name: '', namespace: '' })
      if (!before || summary(before) !== summary(observed)) onChange(uid)
    } catch (error) {
      log.warn('a pod could not be inspected', { uid, error })
    }
  }
}
