import type { ChangeLog, LogEntry } from './change-log.ts'
import { Compacted, SlowWatcher, type Change } from './store.ts'

interface Watcher {
  readonly prefix: string
  /** Everything up to this revision was handed over or did not concern the watcher. */
  position: number
  /** Changes that wait to be read. */
  pending: number
  readonly bound: number
  wake: (() => void) | undefined
}

interface History {
  readonly log: ChangeLog
  readonly compactedRevision: number
  /** The change of a log entry, with its values. */
  load(entry: LogEntry): Change
}

/**
 * A watch is a cursor into the change log, not a queue of its own: replay and live are the same walk, so there is neither gap
 * nor duplicate between them, and a watcher costs nothing while it lags.
 */
export class WatchHub {
  readonly #history: History
  readonly #bound: number
  readonly #watchers = new Set<Watcher>()
  #closed = false

  /** `bound`: how many live changes a watcher may leave unread before it is closed. */
  constructor(history: History, bound: number) {
    this.#history = history
    this.#bound = bound
  }

  /** Tells watchers of an entry that was just added to the log. */
  announce(entry: LogEntry): void {
    for (const watcher of this.#watchers) {
      if (entry.revision <= watcher.position || !entry.key.startsWith(watcher.prefix)) continue
      if (watcher.pending++ === 0) watcher.position = entry.revision - 1
      watcher.wake?.()
    }
  }
  /** Ends all watches quietly. */
  close(): void {
    this.#closed = true
    for (const watcher of this.#watchers) watcher.wake?.()
  }

  async *watch(prefix: string, { since, signal }: { since: number; signal: AbortSignal }): AsyncGenerator<Change, void> {
    if (since < this.#history.compactedRevision) throw new Compacted(`revision ${since} has been compacted`)
    const watcher = this.#add(prefix, since)
    const wake = () => watcher.wake?.()
    signal.addEventListener('abort', wake)
    try {
      while (!signal.aborted && !this.#closed) {
        if (watcher.pending === 0) {
          await new Promise<void>(resolve => (watcher.wake = resolve))
          continue
        }
        yield this.#history.load(this.#next(watcher))
      }
    } finally {
      signal.removeEventListener('abort', wake)
      this.#watchers.delete(watcher)
    }
  }

  #add(prefix: string, since: number): Watcher {
    const backlog = this.#history.log.countAfter(since, prefix)
    // What history holds at the start is the watcher's right; the bound counts what comes on top.
    const watcher: Watcher = { prefix, position: since, pending: backlog, bound: backlog + this.#bound, wake: undefined }
    this.#watchers.add(watcher)
    return watcher
  }
  #next(watcher: Watcher): LogEntry {
    const { log, compactedRevision } = this.#history
    if (watcher.pending > watcher.bound || watcher.position < compactedRevision) {
      throw new SlowWatcher(`watcher of ${watcher.prefix} left ${watcher.pending} changes unread`)
    }
    for (let index = log.indexAfter(watcher.position); ; index++) {
      const entry = log.at(index)
      if (!entry) throw new Error(`change log lost changes after revision ${watcher.position}`)
      watcher.position = entry.revision
      if (!entry.key.startsWith(watcher.prefix)) continue
      watcher.pending--
      return entry
    }
  }
}
