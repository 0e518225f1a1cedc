import { systemClock, type AlarmClock } from '../common/clock.ts'

/** Returns the milliseconds after which to look at the key again, if there is a known moment. */
export type Handler = (key: string, signal: AbortSignal) => Promise<number | void>

/** Told what becomes of keys: for those who count. */
export interface WorkQueueObserver {
  /** It waits for its turn, if it did not already. */
  added(key: string): void
  started(key: string): void
  finished(key: string): void
  /** It has failed and comes again. */
  retried(): void
}

export interface WorkQueueOptions {
  readonly observer?: WorkQueueObserver | undefined
  readonly workers?: number
  readonly backoff?: (failures: number) => number
  readonly onError?: (key: string, error: unknown) => void
  readonly clock?: AlarmClock
}

const exponential = (failures: number) => Math.min(5 * 2 ** (failures - 1), 1_000_000)

interface Delayed {
  readonly due: number
  readonly cancel: () => void
}

/**
 * Runs a handler for every key added, each key in at most one worker at a time, first in first out.
 * A key added many times before its turn is handled once; a key added while it is
 * being handled is handled once more. A handler that throws is retried with back-off.
 */
export class WorkQueue {
  readonly #waiting = new Set<string>()
  readonly #working = new Set<string>()
  readonly #again = new Set<string>()
  readonly #failures = new Map<string, number>()
  readonly #delayed = new Map<string, Delayed>()
  readonly #idle: (() => void)[] = []
  readonly #handler: Handler
  readonly #options: WorkQueueOptions
  readonly #clock: AlarmClock
  #stopped = false

  constructor(handler: Handler, options: WorkQueueOptions = {}) {
    this.#handler = handler
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  /** Keys that wait for their turn or are being handled; not those that wait for a moment. */
  get size(): number {
    return this.#waiting.size + this.#working.size
  }

  add(key: string): void {
    this.#undelay(key)
    if (this.#stopped) return
    if (this.#working.has(key) ? this.#again.has(key) : this.#waiting.has(key)) return
    this.#options.observer?.added(key)
    if (this.#working.has(key)) this.#again.add(key)
    else this.#wait(key)
  }

  /** Adds the key later. Of several moments for one key the earliest counts. */
  addAfter(key: string, milliseconds: number): void {
    const due = this.#clock.now().getTime() + milliseconds
    const current = this.#delayed.get(key)
    if (this.#stopped || this.#waiting.has(key) || (current && current.due <= due)) return
    this.#undelay(key)
    this.#delayed.set(key, { due, cancel: this.#clock.alarm(milliseconds, () => this.add(key)) })
  }

  /** Works until the signal aborts; resolves once every handler in flight has returned. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = () => {
      for (const wake of this.#idle.splice(0)) wake()
    }
    signal.addEventListener('abort', stop, { once: true })
    await Promise.all(Array.from({ length: this.#options.workers ?? 1 }, () => this.#work(signal)))
    this.#stopped = true
    for (const key of [...this.#delayed.keys()]) this.#undelay(key)
  }

  #wait(key: string): void {
    this.#waiting.add(key)
    this.#idle.shift()?.()
  }
  #undelay(key: string): void {
    this.#delayed.get(key)?.cancel()
    this.#delayed.delete(key)
  }

  async #work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const [key] = this.#waiting
      if (key === undefined) await new Promise<void>(wake => this.#idle.push(wake))
      else await this.#handle(key, signal)
    }
  }

  async #handle(key: string, signal: AbortSignal): Promise<void> {
    this.#waiting.delete(key)
    this.#working.add(key)
    const { observer } = this.#options
    observer?.started(key)
    try {
      const after = await this.#handler(key, signal)
      this.#failures.delete(key)
      if (after !== undefined) this.addAfter(key, after)
    } catch (error) {
      this.#retry(key, error)
    } finally {
      this.#working.delete(key)
      observer?.finished(key)
      if (this.#again.delete(key) && !this.#stopped) {
        this.#undelay(key)
        this.#wait(key)
      }
    }
  }

  #retry(key: string, error: unknown): void {
    const failures = (this.#failures.get(key) ?? 0) + 1
    this.#failures.set(key, failures)
    this.#options.onError?.(key, error)
    this.#options.observer?.retried()
    this.addAfter(key, (this.#options.backoff ?? exponential)(failures))
  }
}
