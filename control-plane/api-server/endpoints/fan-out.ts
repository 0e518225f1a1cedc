import { TimeSlice } from '../../../common/time-slice.ts'

/** Something with bytes to send. */
export interface Sender {
  flush(): void
}

/**
 * Lets very many watches send what they have been told, one after the other and in time slices: a thousand of them take longer
 * than others should wait. What comes while a watch waits for its turn goes out together with what was there.
 */
export class FanOut {
  readonly #waiting = new Set<Sender>()
  #running = false

  /** `sender` has a turn soon: when nobody is before it, still in this turn of the event loop. */
  later(sender: Sender): void {
    this.#waiting.add(sender)
    if (this.#running) return
    this.#running = true
    process.nextTick(() => void this.#run())
  }

  async #run(): Promise<void> {
    const slice = new TimeSlice()
    // Whoever is added meanwhile comes last, and still has its turn in this loop.
    for (const sender of this.#waiting) {
      this.#waiting.delete(sender)
      sender.flush()
      if (slice.over) await slice.next()
    }
    this.#running = false
  }
}
