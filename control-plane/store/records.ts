import { open, type Database, type RootDatabase } from 'lmdb'

/** One change as it lies on disk, under its revision. Superseded records stay until compaction: they are the history. */
export interface Record {
  readonly revision: number
  readonly key: string
  readonly createRevision: number
  /** Revision of the record that this one supersedes; 0 when the key was new. */
  readonly previousRevision: number
  /** Absent when the key was deleted. */
  readonly value: string | undefined
}

/** Revisions begin here in an empty store, so that "0" keeps its meaning of "any" in the API. */
const firstRevision = 1

const encode = ({ key, createRevision, previousRevision, value }: Record): string =>
  `${value === undefined ? 'delete' : 'put'} ${createRevision} ${previousRevision} ${key}\n${value ?? ''}`

function decode(revision: number, text: string): Record {
  const end = text.indexOf('\n')
  const [type, createRevision, previousRevision, ...key] = text.slice(0, end).split(' ')
  return {
    revision,
    key: key.join(' '),
    createRevision: Number(createRevision),
    previousRevision: Number(previousRevision),
    value: type === 'delete' ? undefined : text.slice(end + 1),
  }
}

/**
 * The file on disk: records by revision, and how far history was compacted. Every write is one LMDB transaction on LMDB's own
 * thread, visible to readers only once it is synced to disk.
 */
export class Records {
  readonly #root: RootDatabase
  readonly #records: Database<string, number>
  readonly #facts: Database<number, string>

  constructor(path: string) {
    // Without overlappingSync a commit becomes visible after the sync, so that nobody reads what a crash could take back.
    this.#root = open({ path, noSubdir: true, overlappingSync: false, maxDbs: 2 })
    this.#records = this.#root.openDB<string, number>({ name: 'records', encoding: 'string' })
    this.#facts = this.#root.openDB<number, string>({ name: 'facts', encoding: 'json' })
  }

  /** Newest revision ever given to a record, be it still here or compacted. */
  get lastRevision(): number {
    const [last] = this.#records.getKeys({ reverse: true, limit: 1 })
    return Math.max(last ?? 0, this.#facts.get('revision') ?? firstRevision)
  }
  get compactedRevision(): number {
    return this.#facts.get('compactedRevision') ?? 0
  }
  get(revision: number): Record | undefined {
    const text = this.#records.get(revision)
    return text === undefined ? undefined : decode(revision, text)
  }
  /** Every record, oldest first. */
  *all(): Generator<Record> {
    for (const { key, value } of this.#records.getRange()) yield decode(key, value)
  }
  async append(records: readonly Record[]): Promise<void> {
    await this.#write(() => records.map(record => this.#records.put(record.revision, encode(record))))
  }
  /** Takes records away and remembers, in the same transaction, that history now begins at `compactedRevision`. */
  async remove(revisions: readonly number[], facts: { compactedRevision: number; revision: number }): Promise<void> {
    await this.#write(() => [
      ...revisions.map(revision => this.#records.remove(revision)),
      this.#facts.put('compactedRevision', facts.compactedRevision),
      this.#facts.put('revision', facts.revision),
    ])
  }
  async close(): Promise<void> {
    await this.#root.close()
  }

  async #write(operations: () => Promise<boolean>[]): Promise<void> {
    const results: Promise<boolean>[] = []
    const batch = this.#root.batch(() => {
      results.push(...operations())
    })
    await Promise.all([batch, ...results])
  }
}
