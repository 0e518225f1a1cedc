import type { KubernetesObject } from '../../../api/kind.ts'
import { Compacted, type Change, type Store } from '../../store/store.ts'
import type { ObjectCache } from './object-cache.ts'
import { StoredObject } from './stored-object.ts'

/** A change with the objects it is about; shared by all watchers, so that each is parsed and serialised once. */
export class ObservedChange {
  readonly key: string
  readonly revision: number
  /** Undefined when the object is gone. */
  readonly current: StoredObject | undefined
  readonly previous: StoredObject | undefined
  #last: StoredObject | undefined

  /** `written`: the new value as its writer has it; he keeps it in the cache himself, so that this one goes when all have been told. */
  constructor(change: Change, cache: ObjectCache, written?: KubernetesObject) {
    this.key = change.key
    this.revision = change.revision
    this.current = change.type === 'delete' ? undefined : written ? StoredObject.written(change, written) : cache.of(change)
    this.previous = change.previous && (cache.peek(change.previous) ?? new StoredObject(change.previous))
  }
  /** What a DELETED event shows: the last state, with the revision of its going. */
  get last(): StoredObject | undefined {
    this.#last ??= this.previous?.at(this.revision)
    return this.#last
  }
}

export type Listener = (change: ObservedChange) => void

/** Changes kept in memory for watches that begin a little in the past, in characters of their values. */
const recentLimit = 4 * 1024 * 1024

/** Hands every change to those who watch its prefix, in the same turn in which the store reports it. */
export class WatchHub {
  readonly #store: Store
  readonly #cache: ObjectCache
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #recent: Change[] = []
  #recentSize = 0
  /** `#recent` holds every change after this revision. */
  #recentSince: number
  readonly #unsubscribe: () => void

  constructor(store: Store, cache: ObjectCache) {
    this.#store = store
    this.#cache = cache
    this.#recentSince = store.revision
    // What writers have at hand of a value are its objects: the registry is the only one that writes.
    this.#unsubscribe = store.subscribe((change, parsed) => this.#publish(change, parsed as KubernetesObject | undefined))
  }
  close(): void {
    this.#unsubscribe()
    this.#listeners.clear()
  }
  listen(prefix: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(prefix) ?? new Set()
    this.#listeners.set(prefix, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(prefix) === listeners) this.#listeners.delete(prefix)
    }
  }
  /** All changes under `prefix` after `since` that have happened up to this moment. Throws Compacted. */
  async history(prefix: string, { since, signal }: { since: number; signal: AbortSignal }): Promise<ObservedChange[]> {
    const until = this.#store.revision
    if (since < this.#store.compactedRevision) throw new Compacted(`revision ${since} has been compacted`)
    if (since >= until) return []
    const changes = since >= this.#recentSince ? this.#recent : await this.#replay({ since, until, signal })
    return changes
      .filter(change => change.revision > since && change.revision <= until && change.key.startsWith(prefix))
      .map(change => new ObservedChange(change, this.#cache))
  }

  /** Every revision has a change, so the last one to come is known when all prefixes are read. */
  async #replay({ since, until, signal }: { since: number; until: number; signal: AbortSignal }): Promise<Change[]> {
    const changes: Change[] = []
    const stop = new AbortController()
    for await (const change of this.#store.watch('', { since, signal: AbortSignal.any([signal, stop.signal]) })) {
      changes.push(change)
      if (change.revision >= until) break
    }
    stop.abort()
    return changes
  }

  #publish(change: Change, written: KubernetesObject | undefined): void {
    this.#remember(change)
    if (change.type === 'delete') this.#cache.forget(change.key)
    let observed: ObservedChange | undefined
    for (const prefix of prefixes(change.key)) {
      const listeners = this.#listeners.get(prefix)
      if (!listeners) continue
      observed ??= new ObservedChange(change, this.#cache, written)
      for (const listener of listeners) listener(observed)
    }
  }

  #remember(change: Change): void {
    this.#recent.push(change)
    this.#recentSize += sizeOf(change)
    while (this.#recentSize > recentLimit) {
      const oldest = this.#recent.shift()
      if (!oldest) break
      this.#recentSize -= sizeOf(oldest)
      this.#recentSince = oldest.revision
    }
  }
}

/** What was there before a put counts as much as what is now: looking would be to read it from disk. */
const sizeOf = (change: Change): number =>
  100 + (change.type === 'put' ? change.value.length * (change.previous ? 2 : 1) : change.previous.value.length)

/** `/core/pods/`, `/core/pods/default/` for `/core/pods/default/web`. */
function prefixes(key: string): string[] {
  const found: string[] = []
  for (let at = key.indexOf('/', key.indexOf('/', 1) + 1); at !== -1; at = key.indexOf('/', at + 1)) found.push(key.slice(0, at + 1))
  return found
}
