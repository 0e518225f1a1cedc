/** Whole numbers of a range, each given out once. The part above `reserved` is used first when nobody asks for a certain one. */
export class NumberPool {
  readonly first: number
  readonly last: number
  readonly #dynamicFirst: number
  readonly #used = new Map<number, string>()
  readonly #random: () => number

  /** `reserved`: how many of the lowest are kept for those who ask for them by number (upstream's static band). */
  constructor(range: { first: number; last: number; reserved: number }, random: () => number = Math.random) {
    this.first = range.first
    this.last = range.last
    this.#dynamicFirst = Math.min(range.first + range.reserved, range.last)
    this.#random = random
  }
  contains(value: number): boolean {
    return value >= this.first && value <= this.last
  }
  ownerOf(value: number): string | undefined {
    return this.#used.get(value)
  }
  take(value: number, owner: string): void {
    this.#used.set(value, owner)
  }
  release(value: number, owner: string): void {
    if (this.#used.get(value) === owner) this.#used.delete(value)
  }
  /** A free number; undefined when there is none. */
  next(): number | undefined {
    return this.#freeIn(this.#dynamicFirst, this.last) ?? this.#freeIn(this.first, this.#dynamicFirst - 1)
  }
  /** Starts anywhere, so that a number that was just released is not given out again at once. */
  #freeIn(first: number, last: number): number | undefined {
    const size = last - first + 1
    if (size <= 0) return undefined
    const start = Math.floor(this.#random() * size)
    for (let step = 0; step < size; step++) {
      const value = first + ((start + step) % size)
      if (!this.#used.has(value)) return value
    }
    return undefined
  }
}

/** Upstream's size of the band for those who choose themselves: a share of the range, at least 16, at most `largest`; none when the range is tiny. */
export const staticBand = (size: number, { share, largest }: { share: number; largest: number }): number =>
  size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / share)), largest)
