import { sleepUnlessAborted, type Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { ObservedPod, PodIdentity, Runtime, RuntimeEvent } from '../runtime/runtime.ts'
import { nothingObserved, type PodCache } from './pod-cache.ts'

const RESUBSCRIBE_MILLISECONDS = 500
const CATCH_UP_MILLISECONDS = 250

export interface PlegOptions {
  readonly runtime: Pick<Runtime, 'listPods' | 'inspectPod' | 'events'>
  readonly cache: PodCache
  readonly clock: Clock
  readonly log: Logger
  /** Something about the pod's containers is different from what the cache held. */
  readonly onChange: (uid: string) => void
  /** Pause between full listings; they are the truth when events get lost. */
  readonly relistMs?: number
  /** Told how many seconds each full listing took. */
  readonly relisted?: (seconds: number) => void
  /** How long to wait for more of the same before looking at a pod whose change is no news of a death. */
  readonly settleMs?: number
}

const summary = ({ sandboxes, containers }: ObservedPod) =>
  [...sandboxes.map(({ id, state, ip }) => `${id} ${state} ${ip ?? ''}`), ...containers.map(({ id, state }) => `${id} ${state}`)]
    .sort()
    .join('\n')

/** What a listing shows, and what it does not: a container that was started again looks the same there. */
const detail = (pod: ObservedPod) =>
  [summary(pod), ...pod.containers.map(({ id, startedAt, restarted }) => `${id} ${startedAt} ${restarted}`).sort()].join('\n')

/**
 * The pod life cycle event generator. Runtime events are hints: they make it look at one pod now. Listing is the truth: it
 * happens at the start, whenever the event stream breaks, and every `relistMs`.
 */
export class Pleg {
  readonly #options: PlegOptions
  readonly #due = new Map<string, NodeJS.Timeout>()
  readonly #waiting: (() => void)[] = []
  #listed = false
  #lookAtEverything: NodeJS.Timeout | undefined

  constructor(options: PlegOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#relistForEver(signal), this.#followForEver(signal)])
    for (const timer of [...this.#due.values(), this.#lookAtEverything]) clearTimeout(timer)
  }

  /** Resolves once everything has been listed for the first time. */
  relisted(signal: AbortSignal): Promise<void> {
    if (this.#listed) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve)
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
  }

  /** Asks the runtime about one pod and remembers the answer. Does not report a change: the caller is the one who wants to know. */
  async observe(identity: PodIdentity): Promise<ObservedPod> {
    const { runtime, cache, clock } = this.#options
    const asked = clock.now().getTime()
    const observed = (await runtime.inspectPod(identity.uid)) ?? nothingObserved(identity)
    cache.set(observed, asked)
    return observed
  }

  /**
   * Compares everything the runtime lists with the cache and takes a full look at the pods that differ; with `everyone`, at
   * all of them.
   */
  async relist({ everyone = false } = {}): Promise<void> {
    const { runtime, cache, clock, onChange } = this.#options
    const asked = clock.now().getTime()
    const began = performance.now()
    const listed = await runtime.listPods()
    const differing = listed.filter(pod => {
      const known = cache.latest(pod.identity.uid)
      return everyone || !known || summary(known) !== summary(pod)
    })
    const before = new Map(differing.map(({ identity }) => [identity.uid, cache.latest(identity.uid)]))
    const observed = await Promise.all(differing.map(({ identity }) => this.observe(identity)))
    // Only now: a pod that is listed but not looked at yet must never pass for one that has nothing.
    const gone = cache.confirm(
      listed.map(({ identity }) => identity.uid),
      asked,
    )
    const changed = observed.filter(pod => {
      const known = before.get(pod.identity.uid)
      return !known || detail(known) !== detail(pod)
    })
    this.#listed = true
    this.#options.relisted?.((performance.now() - began) / 1000)
    for (const resolve of this.#waiting.splice(0)) resolve()
    for (const uid of [...gone, ...changed.map(({ identity }) => identity.uid)]) onChange(uid)
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
      } catch (error) {
        if (!signal.aborted) this.#options.log.warn('the stream of container events broke', { error })
      }
      await sleepUnlessAborted(this.#options.clock, RESUBSCRIBE_MILLISECONDS, signal)
      // When the next stream has begun; what happened in between, no event will tell.
      if (!signal.aborted) this.#lookAtEverything = setTimeout(() => void this.#relistEveryone(), CATCH_UP_MILLISECONDS).unref()
    }
  }

  async #relistEveryone(): Promise<void> {
    try {
      await this.relist({ everyone: true })
    } catch (error) {
      this.#options.log.warn('containers could not be listed', { error })
    }
  }

  #heard({ podUid, type }: RuntimeEvent): void {
    // The agent looks at what it has created or started itself as soon as it has; what others start shows in the next listing.
    if (type === 'created' || type === 'started') return
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
      if (!before || detail(before) !== detail(observed)) onChange(uid)
    } catch (error) {
      log.warn('a pod could not be inspected', { uid, error })
    }
  }
}
