/** Returns the milliseconds after which to look at the key again, if there is a known moment. */
export type Handler = (key: string, signal: AbortSignal) => Promise<number | void>

export interface WorkQueueOptions {
  readonly workers?: number
  readonly backoff?: (failures: number) => number
  readonly onError?: (key: string, error: unknown) => void
}

const exponential = (failures: number) => Math.min(5 * 2 ** (failures - 1), 1_000_000)

/**
 * Runs a handler for every key added, each key in at most one worker at a time.
 * A key added many times before its turn is handled once; a key added while it is
 * being handled is handled once more. A handler that throws is retried with back-off.
 */
export class WorkQueue {
  readonly #waiting = new Set<string>()
  readonly #working = new Set<string>()
  readonly #again = new Set<string>()
  readonly #failures = new Map<string, number>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #idle: (() => void)[] = []
  readonly #handler: Handler
  readonly #options: WorkQueueOptions

  constructor(handler: Handler, options: WorkQueueOptions = {}) {
    this.#handler = handler
    this.#options = options
  }

  add(key: string): void {
    clearTimeout(this.#timers.get(key))
    this.#timers.delete(key)
    if (this.#working.has(key)) this.#again.add(key)
    else this.#waiting.add(key)
    this.#idle.shift()?.()
  }

  addAfter(key: string, milliseconds: number): void {
    clearTimeout(this.#timers.get(key))
    this.#timers.set(key, setTimeout(() => this.add(key), milliseconds).unref())
  }

  /** Works until the signal aborts; resolves once every handler in flight has returned. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener(
      'abort',
      () => {
        for (const wake of this.#idle.splice(0)) wake()
      },
      { once: true },
    )
    await Promise.all(Array.from({ length: this.#options.workers ?? 1 }, () => this.#work(signal)))
    for (const timer of this.#timers.values()) clearTimeout(timer)
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
    try {
      const after = await this.#handler(key, signal)
      this.#failures.delete(key)
      if (after !== undefined) this.addAfter(key, after)
    } catch (error) {
      this.#retry(key, error)
    } finally {
      this.#working.delete(key)
      if (this.#again.delete(key)) this.add(key)
    }
  }

  #retry(key: string, error: unknown): void {
    const failures = (this.#failures.get(key) ?? 0) + 1
    this.#failures.set(key, failures)
    this.#options.onError?.(key, error)
    this.addAfter(key, (this.#options.backoff ?? exponential)(failures))
  }
}
