import { ActiveQueue, type QueuedPod } from './active-queue.ts'

/** Back-offs end together, by the second: in the order of priorities within it (upstream's backoffQOrderingWindowDuration). */
const window = 1000

interface Window {
  readonly refused: ActiveQueue
  readonly failed: ActiveQueue
}

/** Pods that may try again after a moment that doubles with every try. */
export class BackoffQueue {
  readonly #options: { readonly initial: number; readonly longest: number }
  /** By the moment at which they end. There are about as many as the longest back-off has seconds. */
  readonly #windows = new Map<number, Window>()
  readonly #ends = new Map<string, number>()

  constructor(options: { readonly initial: number; readonly longest: number }) {
    this.#options = options
  }

  get size(): number {
    return this.#ends.size
  }

  /** When the first of them may try again; Infinity: there is none. */
  get due(): number {
    return Math.min(...this.#windows.keys())
  }

  /** Whether somebody is here because no node would have it, rather than because something went wrong. */
  get hasRefused(): boolean {
    for (const { refused } of this.#windows.values()) if (refused.size > 0) return true
    return false
  }

  /** `since`: the end of the last try. */
  add(pod: QueuedPod, since: number): void {
    this.remove(pod)
    const { initial, longest } = this.#options
    const tries = pod.errors || pod.refusals
    const wait = Math.min(initial * 2 ** Math.max(0, tries - 1), longest)
    const end = (Math.floor((since + wait) / window) + 1) * window
    let place = this.#windows.get(end)
    if (!place) this.#windows.set(end, (place = { refused: new ActiveQueue(), failed: new ActiveQueue() }))
    ;(pod.errors > 0 ? place.failed : place.refused).add(pod)
    this.#ends.set(pod.key, end)
  }

  remove(pod: QueuedPod): void {
    const end = this.#ends.get(pod.key)
    if (end === undefined) return
    this.#ends.delete(pod.key)
    const place = this.#windows.get(end)
    place?.refused.remove(pod)
    place?.failed.remove(pod)
    if (place && place.refused.size + place.failed.size === 0) this.#windows.delete(end)
  }

  /** All whose back-off has ended, the earliest first. */
  takeDue(now: number): QueuedPod[] {
    const ended = [...this.#windows.keys()].filter(end => end <= now).sort((a, b) => a - b)
    return ended.flatMap(end => {
      const { refused, failed } = this.#windows.get(end) ?? {}
      return [...drained(refused), ...drained(failed)].map(pod => {
        this.remove(pod)
        return pod
      })
    })
  }

  /** The first one that no node would have, before its time: nobody else wants to try. */
  takeRefused(): QueuedPod | undefined {
    for (const end of [...this.#windows.keys()].sort((a, b) => a - b)) {
      const pod = this.#windows.get(end)?.refused.take()
      if (!pod) continue
      this.remove(pod)
      return pod
    }
    return undefined
  }
}

function drained(queue: ActiveQueue | undefined): QueuedPod[] {
  const pods: QueuedPod[] = []
  for (let pod = queue?.take(); pod; pod = queue?.take()) pods.push(pod)
  return pods
}
