import { ChangeLog, type LogEntry, type Record } from './change-log.ts'
import { compactionTarget, defaultRetention, RevisionTimes, type Retention } from './compaction.ts'
import { DiskEntry } from './disk-entry.ts'
import { KeyIndex, type Position } from './key-index.ts'
import { selectPage, selectPast } from './pages.ts'
import { RecentChanges } from './recent-changes.ts'
import { Records } from './records.ts'
import { Compacted, FutureRevision, type Change, type ChangeListener, type Entry, type Mutation, type Page, type Store } from './store.ts'
import { WatchHub } from './watch-hub.ts'
import { WriteQueue } from './write-queue.ts'

export interface StoreOptions {
  readonly retention?: Retention
  /** How often old history is looked for, in milliseconds. */
  readonly compactionInterval?: number
  /** Live changes that a watcher may leave unread before it ends with SlowWatcher. */
  readonly watchBound?: number
}

interface Write {
  readonly key: string
  readonly decide: (current: Entry | undefined, nextRevision: number) => Mutation
  readonly resolve: (entry: Entry | undefined) => void
  readonly reject: (error: unknown) => void
}

/** Opens the store in one file, made when absent. Revisions go on where they were, whatever ended the last process. */
export async function openStore(path: string, options: StoreOptions = {}): Promise<Store> {
  return new LmdbStore(await Records.open(path), options)
}

/** Compaction works in transactions of so many changes, so that writes get their turn in between. */
const compactionChunk = 1_000

/** Records on disk, keys and history's headlines in memory: a change is one record, appended; readers never wait. */
class LmdbStore implements Store {
  readonly #records: Records
  readonly #index = new KeyIndex()
  readonly #log = new ChangeLog()
  readonly #recent = new RecentChanges()
  readonly #hub: WatchHub
  readonly #writes = new WriteQueue<Write>(batch => this.#commit(batch))
  readonly #listeners = new Set<ChangeListener>()
  readonly #times = new RevisionTimes()
  readonly #retention: Retention
  readonly #compactionInterval: number
  #revision: number
  #compactedRevision: number
  #timer: NodeJS.Timeout | undefined
  #compacting: Promise<void> = Promise.resolve()
  #closed = false

  constructor(records: Records, options: StoreOptions) {
    this.#records = records
    this.#retention = options.retention ?? defaultRetention
    this.#compactionInterval = options.compactionInterval ?? 30_000
    this.#revision = records.lastRevision
    this.#compactedRevision = records.compactedRevision
    this.#load()
    const compactedRevision = () => this.#compactedRevision
    const history = {
      log: this.#log,
      get compactedRevision() {
        return compactedRevision()
      },
      load: (entry: LogEntry) => this.#change(entry),
    }
    this.#hub = new WatchHub(history, options.watchBound ?? 10_000)
    this.#scheduleCompaction()
  }

  get revision(): number {
    return this.#revision
  }
  get compactedRevision(): number {
    return this.#compactedRevision
  }

  get(key: string): Entry | undefined {
    const position = this.#index.get(key)
    return position && this.#entry(key, position)
  }

  list(prefix: string, { limit, after, revision = this.#revision }: { limit?: number; after?: string; revision?: number } = {}): Page {
    if (revision > this.#revision) throw new FutureRevision(`revision ${revision} is ahead of ${this.#revision}`)
    if (revision < this.#compactedRevision) throw new Compacted(`revision ${revision} has been compacted`)
    const range = this.#index.range(prefix, after)
    const { located, remaining } =
      revision === this.#revision
        ? selectPage(this.#index, range, limit)
        : selectPast(this.#index, this.#log.changedSince(revision, prefix), { range, limit, after })
    return { entries: located.map(([key, position]) => this.#entry(key, position)), revision, more: remaining > 0, remaining }
  }

  async mutate(key: string, decide: Write['decide']): Promise<Entry | undefined> {
    if (this.#closed) throw new Error('the store is closed')
    return new Promise((resolve, reject) => this.#writes.push({ key, decide, resolve, reject }))
  }

  watch(prefix: string, options: { since: number; signal: AbortSignal }): AsyncIterable<Change> {
    return this.#hub.watch(prefix, options)
  }

  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async compact(revision: number): Promise<void> {
    if (revision > this.#revision) throw new FutureRevision(`revision ${revision} is ahead of ${this.#revision}`)
    const turn = this.#compacting.then(() => this.#compactTo(revision))
    // The next compaction waits for this one, however it ends; its error belongs to the caller.
    this.#compacting = turn.then(
      () => undefined,
      () => undefined,
    )
    await turn
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#timer)
    this.#hub.close()
    await this.#writes.idle()
    await this.#compacting
    await this.#records.close()
  }

  /** Reads headlines alone: a start does not depend on how large the objects are. */
  #load(): void {
    const live = new Map<string, Position>()
    for (const entry of this.#records.headlines()) {
      const { key, revision, createRevision, deleted } = entry
      if (deleted) live.delete(key)
      else live.set(key, { revision, createRevision })
      if (revision > this.#compactedRevision) this.#log.append(entry)
    }
    this.#index.load(live)
  }

  /** One transaction for all: first every decision, then one write, then every answer. */
  async #commit(batch: readonly Write[]): Promise<void> {
    const changes: Change[] = []
    const parsed = new Map<Change, object>()
    const answers: (() => void)[] = []
    const newest = new Map<string, Entry | undefined>()
    for (const write of batch) {
      const current = newest.has(write.key) ? newest.get(write.key) : this.get(write.key)
      try {
        const revision = this.#revision + changes.length + 1
        const mutation = write.decide(current, revision)
        const change = changeOf({ key: write.key, current, revision, mutation })
        if (change) {
          changes.push(change)
          if ('put' in mutation && mutation.parsed) parsed.set(change, mutation.parsed)
          newest.set(write.key, change.type === 'put' ? entryOf(change) : undefined)
        }
        const answer = change ? entryOf(change) : current
        answers.push(() => write.resolve(answer))
      } catch (error) {
        answers.push(() => write.reject(error))
      }
    }
    try {
      if (changes.length > 0) await this.#records.append(changes.map(recordOf))
    } catch (error) {
      this.#adopt()
      for (const write of batch) write.reject(error)
      return
    }
    for (const change of changes) this.#publish(change, parsed.get(change))
    for (const answer of answers) answer()
    this.#scheduleCompaction()
  }

  /** After a failed commit: what reached the disk all the same counts, and revisions go on behind it. */
  #adopt(): void {
    for (let revision = this.#revision + 1; revision <= this.#records.lastRevision; revision++) {
      const entry = this.#records.headline(revision)
      if (entry) this.#publish(this.#withValues(entry))
    }
  }

  #publish(change: Change, parsed?: object): void {
    const entry = headlineOf(change)
    const { key, revision, createRevision } = entry
    this.#revision = revision
    // Nothing but the two numbers: with the change, its value and the one before would stay in memory as long as the key.
    if (entry.deleted) this.#index.delete(key)
    else this.#index.put(key, { revision, createRevision })
    this.#log.append(entry)
    this.#recent.add(change)
    this.#hub.announce(entry)
    for (const listener of this.#listeners) {
      try {
        listener(change, parsed)
      } catch (error) {
        // A listener that missed a change is wrong for ever: end the process, but not in the middle of this commit.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  #entry(key: string, position: Position): Entry {
    return new DiskEntry(this.#records, key, position)
  }

  #change(entry: LogEntry): Change {
    return this.#recent.get(entry.revision) ?? this.#withValues(entry)
  }
  #withValues({ key, revision, createRevision, previousRevision, deleted }: LogEntry): Change {
    const previous = previousRevision > 0 ? this.#entry(key, { revision: previousRevision, createRevision }) : undefined
    if (deleted) {
      if (!previous) throw new Error(`the store has no value of ${key} before its deletion`)
      return { type: 'delete', key, revision, previous }
    }
    const { value } = this.#entry(key, { revision, createRevision })
    return { type: 'put', key, revision, createRevision, value, ...(previous ? { previous } : {}) }
  }

  async #compactTo(revision: number): Promise<void> {
    for (;;) {
      const entries = this.#log.oldest(revision, compactionChunk)
      const last = entries.at(-1)
      if (!last) return
      this.#compactedRevision = last.revision
      this.#log.trim(entries.length)
      const removed = entries.flatMap(entry => [entry.previousRevision, entry.deleted ? entry.revision : 0]).filter(one => one > 0)
      await this.#records.remove(removed, { compactedRevision: last.revision, revision: this.#revision })
    }
  }

  #scheduleCompaction(): void {
    if (this.#closed) return
    if (this.#log.length > this.#retention.maximum * 1.25) this.#compactOld()
    if (this.#log.length <= this.#retention.minimum) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#times.mark(Date.now(), this.#revision)
      this.#compactOld()
      this.#scheduleCompaction()
    }, this.#compactionInterval).unref()
  }
  #compactOld(): void {
    const old = this.#times.at(Date.now() - this.#retention.milliseconds)
    const target = compactionTarget(this.#log, old, this.#retention)
    // A compaction that fails leaves more history than needed and nothing else; the next one tries again.
    if (target > this.#compactedRevision) void this.compact(target).catch((error: unknown) => process.emitWarning(error as Error))
  }
}

const headlineOf = (change: Change): LogEntry => ({
  revision: change.revision,
  key: change.key,
  createRevision: change.type === 'put' ? change.createRevision : change.previous.createRevision,
  previousRevision: change.previous?.revision ?? 0,
  deleted: change.type === 'delete',
})

const recordOf = (change: Change): Record => ({ ...headlineOf(change), value: change.type === 'put' ? change.value : undefined })

/** The entry after a put, or the deleted one with the revision of its deletion. */
function entryOf(change: Change): Entry {
  const { key, revision } = change
  const { value, createRevision } = change.type === 'put' ? change : change.previous
  return { key, value, revision, createRevision }
}

function changeOf(write: { key: string; current: Entry | undefined; revision: number; mutation: Mutation }): Change | undefined {
  const { key, current, revision, mutation } = write
  if ('put' in mutation) {
    const createRevision = current?.createRevision ?? revision
    return { type: 'put', key, revision, value: mutation.put, createRevision, ...(current ? { previous: current } : {}) }
  }
  return 'delete' in mutation && current ? { type: 'delete', key, revision, previous: current } : undefined
}
