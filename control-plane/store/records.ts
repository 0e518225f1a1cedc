import { open, type Database, type RootDatabase } from 'lmdb'
import type { LogEntry, Record } from './change-log.ts'
import { convertRecords } from './record-conversion.ts'

/** Revisions begin here in an empty store, so that "0" keeps its meaning of "any" in the API. */
const firstRevision = 1

/** What this version writes. A file without the fact is empty or older than it. */
const format = 2

const encode = ({ key, createRevision, previousRevision, deleted }: LogEntry): string =>
  `${deleted ? 'delete' : 'put'} ${createRevision} ${previousRevision} ${key}`

/** The other way round; keys may have spaces in them. */
function decode(revision: number, text: string): LogEntry {
  const create = text.indexOf(' ') + 1
  const previous = text.indexOf(' ', create) + 1
  const key = text.indexOf(' ', previous) + 1
  return {
    revision,
    key: text.slice(key),
    createRevision: Number(text.slice(create, previous - 1)),
    previousRevision: Number(text.slice(previous, key - 1)),
    deleted: text.startsWith('delete'),
  }
}

/**
 * The file on disk: headlines and values by revision, and how far history was compacted. The two lie apart, so that a start
 * reads which keys there are without touching a value; they are written in the same transaction, so that one is never there
 * without the other. Every write is one LMDB transaction on LMDB's own thread, visible to readers only once it is synced to disk.
 */
export class Records {
  readonly #root: RootDatabase
  readonly #headlines: Database<string, number>
  readonly #values: Database<string, number>
  readonly #facts: Database<number, string>

  private constructor(path: string) {
    // Without overlappingSync a commit becomes visible after the sync, so that nobody reads what a crash could take back.
    this.#root = open({ path, noSubdir: true, overlappingSync: false, maxDbs: 4 })
    this.#headlines = this.#root.openDB<string, number>({ name: 'headlines', encoding: 'string' })
    this.#values = this.#root.openDB<string, number>({ name: 'values', encoding: 'string' })
    this.#facts = this.#root.openDB<number, string>({ name: 'facts', encoding: 'json' })
  }

  /** Opens the file, made when absent; one that an earlier version wrote is converted, one of a later version refused. */
  static async open(path: string): Promise<Records> {
    const records = new Records(path)
    try {
      records.#bringUpToDate(path)
      return records
    } catch (error) {
      await records.close()
      throw error
    }
  }

  /** Newest revision ever given to a record, be it still here or compacted. */
  get lastRevision(): number {
    const [last] = this.#headlines.getKeys({ reverse: true, limit: 1 })
    return Math.max(last ?? 0, this.#facts.get('revision') ?? firstRevision)
  }
  get compactedRevision(): number {
    return this.#facts.get('compactedRevision') ?? 0
  }
  /** Every headline, oldest first. */
  *headlines(): Generator<LogEntry> {
    for (const { key, value } of this.#headlines.getRange()) yield decode(key, value)
  }
  headline(revision: number): LogEntry | undefined {
    const text = this.#headlines.get(revision)
    return text === undefined ? undefined : decode(revision, text)
  }
  value(revision: number): string | undefined {
    return this.#values.get(revision)
  }
  /** What `use` makes of the value in UTF-8, which it may look at for that long only: the next read overwrites it. */
  withBytes<T>(revision: number, use: (bytes: Buffer) => T): T | undefined {
    const bytes = this.#values.getBinaryFast(revision)
    // LMDB reads into a buffer that it keeps; `length` is a property that says how much of it is this value.
    return bytes && use(bytes.subarray(0, bytes.length))
  }
  async append(records: readonly Record[]): Promise<void> {
    await this.#write(() => records.flatMap(record => this.#put(record)))
  }
  /** Takes records away and remembers, in the same transaction, that history now begins at `compactedRevision`. */
  async remove(revisions: readonly number[], facts: { compactedRevision: number; revision: number }): Promise<void> {
    await this.#write(() => [
      ...revisions.flatMap(revision => [this.#headlines.remove(revision), this.#values.remove(revision)]),
      this.#facts.put('compactedRevision', facts.compactedRevision),
      this.#facts.put('revision', facts.revision),
    ])
  }
  async close(): Promise<void> {
    await this.#root.close()
  }

  #bringUpToDate(path: string): void {
    const found = this.#facts.get('format')
    if (found !== undefined && found > format) {
      throw new Error(`the store ${path} has format ${found}, written by a later version than this one, which knows ${format}`)
    }
    convertRecords(this.#root, record => this.#put(record))
    if (found !== format) this.#facts.putSync('format', format)
  }
  #put(record: Record): Promise<boolean>[] {
    const { revision, value } = record
    const headline = this.#headlines.put(revision, encode(record))
    return value === undefined ? [headline] : [headline, this.#values.put(revision, value)]
  }
  async #write(operations: () => Promise<boolean>[]): Promise<void> {
    const results: Promise<boolean>[] = []
    const batch = this.#root.batch(() => {
      results.push(...operations())
    })
    await Promise.all([batch, ...results])
  }
}
