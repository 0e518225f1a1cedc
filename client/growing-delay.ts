export interface GrowingDelayOptions {
  readonly initial: number
  readonly maximum: number
  readonly random?: () => number
}

/** How long to wait between tries of one thing: doubled by every failure in a row, plus up to as much again at random. */
export class GrowingDelay {
  readonly #options: GrowingDelayOptions
  #failures = 0

  constructor(options: GrowingDelayOptions) {
    this.#options = options
  }
  next(): number {
    const { initial, maximum, random = Math.random } = this.#options
    return Math.min(initial * 2 ** this.#failures++, maximum) * (1 + random())
  }
  reset(): void {
    this.#failures = 0
  }
}
