import type { Placement } from './placement.ts'

/** The last decision about each pod, as many as fit; the oldest are forgotten. */
export class Decisions {
  readonly #placements = new Map<string, Placement>()
  readonly #limit: number

  constructor(limit = 1000) {
    this.#limit = limit
  }

  set(uid: string, placement: Placement): void {
    this.#placements.delete(uid)
    this.#placements.set(uid, placement)
    const [oldest] = this.#placements.keys()
    if (this.#placements.size > this.#limit && oldest !== undefined) this.#placements.delete(oldest)
  }

  get(uid: string): Placement | undefined {
    return this.#placements.get(uid)
  }

  delete(uid: string): void {
    this.#placements.delete(uid)
  }
}
