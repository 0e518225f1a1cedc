/** A number of things that may go on at the same time. */
export class Slots {
  readonly #limit: number
  #used = 0
  #waiting: (() => void)[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  get areTaken(): boolean {
    return this.#used >= this.#limit
  }

  /** Takes a slot for as long as the work lasts, whether one is free or not: whoever begins new work asks `free` first. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.#used++
    try {
      return await work()
    } finally {
      this.#used--
      if (this.#used < this.#limit) for (const resolve of this.#waiting.splice(0)) resolve()
    }
  }

  /** Resolves when a slot is free. */
  async free(): Promise<void> {
    while (this.areTaken) await new Promise<void>(resolve => this.#waiting.push(resolve))
  }
}
