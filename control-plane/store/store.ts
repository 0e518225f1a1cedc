/**
 * The store's interface, shaped like etcd's: keys, one revision counter for all of them, transactions of one key, watches
 * that replay from a revision. Only this folder knows LMDB.
 *
 * Values are JSON texts as the API serves them, except that `metadata.resourceVersion` is not in them: it is the revision.
 */
export interface Entry {
  readonly key: string
  /** Read from disk at first sight, so look before history may have been compacted: soon. */
  readonly value: string
  /** The value as it lies on disk, in UTF-8, for `use` to look at while it runs; absent where the value is in memory only. */
  withBytes?<T>(use: (bytes: Buffer) => T): T
  /** Revision of the write that made this value; the object's resourceVersion. */
  readonly revision: number
  readonly createRevision: number
}

export type Change =
  | {
      readonly type: 'put'
      readonly key: string
      readonly revision: number
      readonly value: string
      readonly createRevision: number
      readonly previous?: Entry
    }
  | { readonly type: 'delete'; readonly key: string; readonly revision: number; readonly previous: Entry }

/**
 * What a mutation decides after seeing the current entry, inside the transaction. Throwing leaves everything as it was. `parsed`
 * is what the value says, if the writer has it at hand: nothing to the store, but listeners need not read it again.
 */
export type Mutation = { readonly put: string; readonly parsed?: object } | { readonly delete: true } | { readonly keep: true }

/** Told of a change that is on disk, with what its writer has had at hand of the new value. */
export type ChangeListener = (change: Change, parsed?: object) => void

export interface Page {
  readonly entries: readonly Entry[]
  /** Store revision that the page is consistent with. */
  readonly revision: number
  /** True when `limit` cut the page short. */
  readonly more: boolean
  /** Entries left after this page, when `more`. */
  readonly remaining: number
}

export interface Store {
  /** Revision of the newest change that is on disk. */
  readonly revision: number
  /** Oldest revision that a watch or a list may still ask for. */
  readonly compactedRevision: number
  get(key: string): Entry | undefined
  /**
   * Entries whose key starts with `prefix`, in key order. `after`: continue behind this key. `revision`: as they were then;
   * throws Compacted when that is no longer known, FutureRevision when it has not happened yet.
   */
  list(prefix: string, options?: { limit?: number; after?: string; revision?: number }): Page
  /**
   * Runs `decide` on the current entry and writes what it returns, atomically; resolves once that is on disk. Mutations are
   * applied one after the other in the order of the calls and committed in groups. Resolves to the entry after the write
   * (`put`), the deleted entry with the revision of its deletion (`delete`), or the current entry (`keep`).
   */
  mutate(key: string, decide: (current: Entry | undefined, nextRevision: number) => Mutation): Promise<Entry | undefined>
  /**
   * Every change to keys under `prefix` after revision `since`, in order, first from the log, then live. Ends with Compacted
   * when `since` is too old, with SlowWatcher when the reader falls behind by more than the bound, quietly when `signal` aborts.
   */
  watch(prefix: string, options: { since: number; signal: AbortSignal }): AsyncIterable<Change>
  /** Calls `listener` synchronously for every change that is on disk, in revision order. Returns the way to unsubscribe. */
  subscribe(listener: ChangeListener): () => void
  /** Forgets the history up to `revision`. */
  compact(revision: number): Promise<void>
  close(): Promise<void>
}

export class Compacted extends Error {
  override readonly name = 'Compacted'
}
export class FutureRevision extends Error {
  override readonly name = 'FutureRevision'
}
export class SlowWatcher extends Error {
  override readonly name = 'SlowWatcher'
}
