import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type StoreOptions } from './lmdb-store.ts'
import type { Change, Entry, Store } from './store.ts'

/** A store in a directory of its own, which goes with it. */
export async function temporaryStore(options: StoreOptions = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'kubeling-store-'))
  const path = join(directory, 'store.mdb')
  const opened: Store[] = [await openStore(path, options)]
  return {
    path,
    get store(): Store {
      return opened.at(-1) as Store
    },
    async reopen(): Promise<void> {
      await opened.at(-1)?.close()
      opened.push(await openStore(path, options))
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await opened.at(-1)?.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export const put = (store: Store, key: string, value: string) => store.mutate(key, () => ({ put: value }))
export const remove = (store: Store, key: string) => store.mutate(key, () => ({ delete: true }))

/** The first `count` changes of a watch. */
export async function take(watch: AsyncIterable<Change>, count: number): Promise<Change[]> {
  const changes: Change[] = []
  if (count === 0) return changes
  for await (const change of watch) {
    changes.push(change)
    if (changes.length === count) break
  }
  return changes
}

/** What an entry says, its value read from disk. */
export function plain(entry: Entry): { key: string; value: string; revision: number; createRevision: number } {
  const { key, value, revision, createRevision } = entry
  return { key, value, revision, createRevision }
}

/** The same of a change. */
export const plainChange = (change: Change) => ({ ...change, ...(change.previous ? { previous: plain(change.previous) } : {}) })
