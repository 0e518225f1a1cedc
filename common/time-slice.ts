import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Long work in short pieces: whoever looks at `over` after each step, and awaits `next` when it is, keeps nobody waiting for
 * longer than `milliseconds` and one step.
 */
export class TimeSlice {
  readonly #milliseconds: number
  #end: number

  constructor(milliseconds = 10) {
    this.#milliseconds = milliseconds
    this.#end = performance.now() + milliseconds
  }
  get over(): boolean {
    return performance.now() >= this.#end
  }
  /** Resolves when everybody else has had a turn. */
  async next(): Promise<void> {
    await nextTurn()
    this.#end = performance.now() + this.#milliseconds
  }
}
