/** A change without its values: its headline. They are those of its revision and of `previousRevision`. */
export interface LogEntry {
  readonly revision: number
  readonly key: string
  readonly createRevision: number
  /** Revision of the record that this one supersedes; 0 when the key was new. */
  readonly previousRevision: number
  readonly deleted: boolean
}

/** One change as it is written, under its revision. Superseded records stay until compaction: they are the history. */
export interface Record extends LogEntry {
  /** Absent when the key was deleted. */
  readonly value: string | undefined
}

/** The changes that history still knows, by revision: what watches replay, old lists walk back over and compaction trims. */
export class ChangeLog {
  #entries: LogEntry[] = []
  #trimmed = 0

  get length(): number {
    return this.#entries.length - this.#trimmed
  }
  append(entry: LogEntry): void {
    this.#entries.push(entry)
  }
  /** The entry at `index` positions after the first change behind revision `since`. */
  at(index: number): LogEntry | undefined {
    return this.#entries[this.#trimmed + index]
  }
  /** Index of the first change after revision `since`. */
  indexAfter(since: number): number {
    let low = this.#trimmed
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#entries[middle] as LogEntry).revision <= since) low = middle + 1
      else high = middle
    }
    return low - this.#trimmed
  }
  /** How many changes there were under `prefix` after revision `since`. */
  countAfter(since: number, prefix: string): number {
    let count = 0
    for (let index = this.indexAfter(since); index < this.length; index++) if (this.at(index)?.key.startsWith(prefix)) count++
    return count
  }
  /** The keys under a prefix that were different at revision `since`, each with the first change that it has seen after it. */
  changedSince(since: number, prefix: string): Map<string, LogEntry> {
    const first = new Map<string, LogEntry>()
    for (let index = this.indexAfter(since); index < this.length; index++) {
      const entry = this.at(index) as LogEntry
      if (entry.key.startsWith(prefix) && !first.has(entry.key)) first.set(entry.key, entry)
    }
    return first
  }
  /** The oldest changes up to `revision`, at most `limit`; they stay until `trim`. */
  oldest(revision: number, limit: number): LogEntry[] {
    return this.#entries.slice(this.#trimmed, this.#trimmed + Math.min(limit, this.indexAfter(revision)))
  }
  /** Forgets the oldest `count` changes. */
  trim(count: number): void {
    this.#trimmed += count
    // Moving the rest down costs its length: do it rarely.
    if (this.#trimmed > 1_000 && this.#trimmed * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#trimmed)
      this.#trimmed = 0
    }
  }
}
