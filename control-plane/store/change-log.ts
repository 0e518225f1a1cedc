/** A change without its values; those are in the record of its revision and of `previousRevision`. */
export interface LogEntry {
  readonly revision: number
  readonly key: string
  readonly createRevision: number
  readonly previousRevision: number
  readonly deleted: boolean
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
  /** Changes after revision `since`, oldest first. */
  after(since: number): LogEntry[] {
    return this.#entries.slice(this.#trimmed + this.indexAfter(since))
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

/** The keys under a prefix that were different at `revision`, with their record then (0: there was none). */
export function positionsAt(changesSince: readonly LogEntry[], prefix: string): Map<string, LogEntry> {
  const first = new Map<string, LogEntry>()
  for (const entry of changesSince) {
    if (entry.key.startsWith(prefix) && !first.has(entry.key)) first.set(entry.key, entry)
  }
  return first
}
