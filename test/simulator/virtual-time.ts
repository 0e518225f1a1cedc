import type { AlarmClock } from '../../common/clock.ts'

interface Moment {
  readonly at: number
  /** Of two things at the same time, the one that was planned first happens first. */
  readonly serial: number
  /** Undefined once it was called off. */
  ring: (() => void) | undefined
}

const before = (a: Moment, b: Moment) => a.at < b.at || (a.at === b.at && a.serial < b.serial)

/**
 * Time that passes only from one planned moment to the next. Whatever a moment sets going has come to rest before the next one
 * comes, as long as nothing in it waits for anything but this clock; so the same plan always happens in the same order.
 */
export class VirtualTime implements AlarmClock {
  /** A heap: no moment is later than the two below it. */
  readonly #moments: Moment[] = []
  #serial = 0
  #milliseconds: number

  constructor(start: Date) {
    this.#milliseconds = start.getTime()
  }

  get milliseconds(): number {
    return this.#milliseconds
  }

  now(): Date {
    return new Date(this.#milliseconds)
  }

  alarm(milliseconds: number, ring: () => void): () => void {
    const moment: Moment = { at: this.#milliseconds + Math.max(0, milliseconds), serial: this.#serial++, ring }
    this.#push(moment)
    return () => (moment.ring = undefined)
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        cancel()
        reject(signal?.reason as Error)
      }
      const cancel = this.alarm(milliseconds, () => {
        signal?.removeEventListener('abort', stop)
        resolve()
      })
      if (signal?.aborted) stop()
      else signal?.addEventListener('abort', stop, { once: true })
    })
  }

  /** Lets the next moment happen, if there is one until `end`. False: there is none. */
  async step(end = Infinity): Promise<boolean> {
    let next = this.#moments[0]
    while (next && !next.ring) {
      this.#pop()
      next = this.#moments[0]
    }
    if (!next?.ring || next.at > end) return false
    this.#pop()
    this.#milliseconds = next.at
    next.ring()
    // All promises that this moment keeps have been kept before the next tick, which costs a tenth of the event loop's next turn.
    await new Promise<void>(resolve => process.nextTick(resolve))
    return true
  }

  #push(moment: Moment): void {
    const heap = this.#moments
    let place = heap.push(moment) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = heap[parent] as Moment
      if (before(above, moment)) break
      heap[place] = above
      place = parent
    }
    heap[place] = moment
  }

  #pop(): void {
    const heap = this.#moments
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      if (left >= heap.length) break
      const right = left + 1
      const child = right < heap.length && before(heap[right] as Moment, heap[left] as Moment) ? right : left
      const below = heap[child] as Moment
      if (before(last, below)) break
      heap[place] = below
      place = child
    }
    heap[place] = last
  }
}
