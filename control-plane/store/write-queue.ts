/** Groups what is waiting: while one batch is being committed the next one collects; an idle queue commits at once. */
export class WriteQueue<T> {
  readonly #commit: (batch: readonly T[]) => Promise<void>
  #waiting: T[] = []
  #running: Promise<void> | undefined

  /** `commit` must settle each item itself; it never rejects. */
  constructor(commit: (batch: readonly T[]) => Promise<void>) {
    this.#commit = commit
  }
  push(item: T): void {
    this.#waiting.push(item)
    this.#running ??= this.#run()
  }
  /** Resolves when everything pushed so far is done. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    // Callers of the same turn of the event loop share the first commit.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      await this.#commit(batch)
    }
    this.#running = undefined
  }
}
