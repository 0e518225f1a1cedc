import { fnv32 } from '../../../common/hash.ts'

export interface Waiting {
  /** Its turn has come. */
  start(): void
}

export interface QueuingOptions {
  readonly queues: number
  /** Among how many queues a flow is spread. */
  readonly handSize: number
  readonly queueLengthLimit: number
}

interface Queue {
  readonly waiting: Set<Waiting>
  /** The virtual time at which its first request would start. */
  start: number
}

/**
 * Requests that wait, fairly: each flow has a hand of a few queues (shuffle sharding, so that a heavy flow is unlikely to sit in
 * all queues of a light one), its requests join the shortest of them, and of all queues the one that has had least is served
 * next (start-time fair queuing; every request counts the same). Upstream's queueset.
 */
export class FairQueues {
  readonly #options: QueuingOptions
  /** Only queues in which somebody waits. */
  readonly #queues = new Map<number, Queue>()
  #virtualTime = 0
  #size = 0

  constructor(options: QueuingOptions) {
    this.#options = options
  }
  get size(): number {
    return this.#size
  }
  /** Undefined when the queue is full; else the way out for one that gives up. */
  add(flow: string, waiting: Waiting): (() => void) | undefined {
    const index = this.#shortest(flow)
    const queue = this.#queues.get(index) ?? { waiting: new Set(), start: this.#virtualTime }
    if (queue.waiting.size >= this.#options.queueLengthLimit) return undefined
    this.#queues.set(index, queue)
    queue.waiting.add(waiting)
    this.#size++
    return () => {
      if (queue.waiting.delete(waiting)) this.#left(index, queue)
    }
  }
  /** Takes out who is next. */
  next(): Waiting | undefined {
    let chosen: [number, Queue] | undefined
    for (const entry of this.#queues) if (!chosen || entry[1].start < chosen[1].start) chosen = entry
    if (!chosen) return undefined
    const [index, queue] = chosen
    const [first] = queue.waiting
    if (!first) return undefined
    this.#virtualTime = queue.start
    queue.start++
    queue.waiting.delete(first)
    this.#left(index, queue)
    return first
  }

  #left(index: number, { waiting }: Queue): void {
    this.#size--
    if (waiting.size === 0) this.#queues.delete(index)
  }
  #shortest(flow: string): number {
    let best = -1
    let length = Infinity
    for (const index of hand(fnv32(flow), this.#options)) {
      const here = this.#queues.get(index)?.waiting.size ?? 0
      if (here >= length) continue
      best = index
      length = here
    }
    return best
  }
}

/** Different queues, dealt like cards by a hash (upstream's shufflesharding.Dealer). */
export function hand(hash: number, { queues, handSize }: Pick<QueuingOptions, 'queues' | 'handSize'>): number[] {
  const dealt: number[] = []
  let rest = hash
  for (let card = 0; card < Math.min(handSize, queues); card++) {
    const left = queues - card
    // A new draw for each card: 32 bits do not hold six cards of 128.
    rest = Math.imul(rest ^ (rest >>> 15), 0x2c1b3c6d) >>> 0
    let index = rest % left
    // The queue at that place among those that have not been dealt yet.
    for (const other of [...dealt].sort((a, b) => a - b)) if (index >= other) index++
    dealt.push(index)
  }
  return dealt
}
