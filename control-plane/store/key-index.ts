/** Where the newest record of a key is. */
export interface Position {
  readonly revision: number
  readonly createRevision: number
}

/** A key with its position. */
export type Located = readonly [key: string, position: Position]

/** A part of the ordered keys: those from index `from` up to, not including, `to`. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** The live keys in order, and the revision of each; the values stay on disk. */
export class KeyIndex {
  readonly #positions = new Map<string, Position>()
  #ordered: string[] = []

  get size(): number {
    return this.#ordered.length
  }
  get(key: string): Position | undefined {
    return this.#positions.get(key)
  }
  put(key: string, position: Position): void {
    if (!this.#positions.has(key)) this.#ordered.splice(this.#rank(key), 0, key)
    this.#positions.set(key, position)
  }
  delete(key: string): void {
    if (this.#positions.delete(key)) this.#ordered.splice(this.#rank(key), 1)
  }
  /** Many keys at once, sorted once. */
  load(positions: Iterable<readonly [string, Position]>): void {
    for (const [key, position] of positions) this.#positions.set(key, position)
    this.#ordered = [...this.#positions.keys()].sort()
  }
  /** Where the keys are that start with `prefix`, those up to and including `after` left out; valid until the next change. */
  range(prefix: string, after?: string): Range {
    const from = after !== undefined && after >= prefix ? this.#rank(`${after}\u0000`) : this.#rank(prefix)
    // Most prefixes that are asked for have nothing under them: the key that would be the first one tells.
    if (this.#ordered[from]?.startsWith(prefix) !== true) return { from, to: from }
    return { from, to: this.#rank(`${prefix}\uffff`) }
  }
  /** The keys of a range with their positions, in order. */
  *in({ from, to }: Range): Generator<Located> {
    for (let index = from; index < to; index++) {
      const key = this.#ordered[index] as string
      yield [key, this.#positions.get(key) as Position]
    }
  }

  /** How many keys come before `key`. */
  #rank(key: string): number {
    let low = 0
    let high = this.#ordered.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#ordered[middle] as string) < key) low = middle + 1
      else high = middle
    }
    return low
  }
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
