/** A range of whole numbers; `reserved` says how many of the lowest are kept for those who ask for them by number (upstream's static band). */
export interface NumberRange {
  readonly first: number
  readonly last: number
  readonly reserved: number
}

/** A number of the range that nobody has; undefined when there is none. The band of those who choose themselves is used last. */
export function freeNumber(range: NumberRange, isUsed: (value: number) => boolean, random: () => number = Math.random): number | undefined {
  const dynamicFirst = Math.min(range.first + range.reserved, range.last)
  const above = freeBetween({ first: dynamicFirst, last: range.last }, isUsed, random)
  return above ?? freeBetween({ first: range.first, last: dynamicFirst - 1 }, isUsed, random)
}

/** Starts anywhere, so that a number that was just released is not given out again at once. */
function freeBetween(
  { first, last }: { first: number; last: number },
  isUsed: (value: number) => boolean,
  random: () => number,
): number | undefined {
  const size = last - first + 1
  if (size <= 0) return undefined
  const start = Math.floor(random() * size)
  for (let step = 0; step < size; step++) {
    const value = first + ((start + step) % size)
    if (!isUsed(value)) return value
  }
  return undefined
}

/** Whole numbers of a range, each given out once. */
export class NumberPool {
  readonly first: number
  readonly last: number
  readonly #range: NumberRange
  readonly #used = new Map<number, string>()
  readonly #random: () => number

  constructor(range: NumberRange, random: () => number = Math.random) {
    this.first = range.first
    this.last = range.last
    this.#range = range
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
    return freeNumber(this.#range, value => this.#used.has(value), this.#random)
  }
}

/** Upstream's size of the band for those who choose themselves: a share of the range, at least 16, at most `largest`; none when the range is tiny. */
export const staticBand = (size: number, { share, largest }: { share: number; largest: number }): number =>
  size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / share)), largest)
