interface Waiting {
  attempts: number
  failedAt: number
  /** Something happened since the last attempt that may have made room. */
  woken: boolean
}

const initialBackoff = 1000
const longestBackoff = 10_000
/** Upstream looks again after five minutes whatever happened. */
const longestWait = 300_000

export interface QueueOptions {
  /** Called whenever there is something to take, again. */
  readonly ready: () => void
  readonly now?: () => number
}

/**
 * Pods that wait for a node: active ones, highest priority first and then oldest; ones that failed and back off for a
 * moment; and ones that wait until something happens in the cluster.
 */
export class SchedulingQueue {
  readonly #active = new Map<number, Set<string>>()
  readonly #waiting = new Map<string, Waiting>()
  readonly #attempts = new Map<string, number>()
  readonly #options: QueueOptions
  readonly #now: () => number
  #timer: { readonly due: number; readonly handle: NodeJS.Timeout } | undefined
  readonly #priorities = new Map<string, number>()

  constructor(options: QueueOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** The pod is new, or changed in a way that matters: try at once. */
  add(key: string, priority: number): void {
    this.remove(key, { forget: false })
    this.#priorities.set(key, priority)
    this.#activate(key)
    this.#options.ready()
  }

  /** The pod is placed, gone, or no longer ours. */
  remove(key: string, { forget } = { forget: true }): void {
    this.#active.get(this.#priorities.get(key) ?? 0)?.delete(key)
    this.#waiting.delete(key)
    this.#priorities.delete(key)
    if (forget) this.#attempts.delete(key)
  }

  has(key: string): boolean {
    return this.#priorities.has(key)
  }

  take(): string | undefined {
    const [priority] = [...this.#active.keys()].sort((a, b) => b - a)
    const keys = priority === undefined ? undefined : this.#active.get(priority)
    const [key] = keys ?? []
    if (key === undefined || priority === undefined) return undefined
    keys?.delete(key)
    if (keys?.size === 0) this.#active.delete(priority)
    this.#attempts.set(key, (this.#attempts.get(key) ?? 0) + 1)
    return key
  }

  /** No node would have it: it waits for `wake`. `retry`: the failure was not the cluster's, it only backs off. */
  failed(key: string, { retry }: { retry: boolean }): void {
    if (!this.#priorities.has(key)) return
    this.#waiting.set(key, { attempts: this.#attempts.get(key) ?? 1, failedAt: this.#now(), woken: retry })
    this.#schedule()
  }

  /** Something happened in the cluster: those who wait try again, after their back-off. */
  wake(): void {
    if (this.#waiting.size === 0) return
    for (const entry of this.#waiting.values()) entry.woken = true
    this.#flush()
  }

  /** How many pods are where. */
  get sizes(): { readonly active: number; readonly backoff: number; readonly unschedulable: number } {
    const waiting = [...this.#waiting.values()]
    const backoff = waiting.filter(({ woken }) => woken).length
    const active = [...this.#active.values()].reduce((sum, keys) => sum + keys.size, 0)
    return { active, backoff, unschedulable: waiting.length - backoff }
  }

  stop(): void {
    clearTimeout(this.#timer?.handle)
    this.#timer = undefined
  }

  #activate(key: string): void {
    const priority = this.#priorities.get(key) ?? 0
    const keys = this.#active.get(priority)
    if (keys) keys.add(key)
    else this.#active.set(priority, new Set([key]))
  }

  #due({ attempts, failedAt, woken }: Waiting): number {
    return failedAt + (woken ? Math.min(initialBackoff * 2 ** (attempts - 1), longestBackoff) : longestWait)
  }

  #flush(): void {
    const now = this.#now()
    let found = false
    for (const [key, entry] of this.#waiting) {
      if (this.#due(entry) > now) continue
      this.#waiting.delete(key)
      this.#activate(key)
      found = true
    }
    this.#schedule()
    if (found) this.#options.ready()
  }

  /** One timer for the earliest moment at which somebody is due. */
  #schedule(): void {
    let due = Infinity
    for (const entry of this.#waiting.values()) due = Math.min(due, this.#due(entry))
    if (this.#timer?.due === due) return
    this.stop()
    if (due === Infinity) return
    const handle = setTimeout(
      () => {
        this.#timer = undefined
        this.#flush()
      },
      Math.max(0, due - this.#now()),
    )
    this.#timer = { due, handle: handle.unref() }
  }
}
