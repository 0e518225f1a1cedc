/** Where the newest record of a key is. */
export interface Position {
  readonly revision: number
  readonly createRevision: number
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
    this.#ordered = [...this.#positions.keys()].sort(compare)
  }
  /** Keys that start with `prefix`, in order, those up to and including `after` left out. */
  keys(prefix: string, after?: string): string[] {
    const from = after !== undefined && after >= prefix ? this.#rank(`${after}\u0000`) : this.#rank(prefix)
    return this.#ordered.slice(from, Math.max(from, this.#rank(`${prefix}\uffff`)))
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
