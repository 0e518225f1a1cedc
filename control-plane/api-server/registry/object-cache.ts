import type { KubernetesObject } from '../../../api/kind.ts'
import type { Entry } from '../../store/store.ts'
import { StoredObject } from './stored-object.ts'

/**
 * Recently used objects with their parsed form, least recently used ones leave first. An entry is only ever taken for the
 * revision that it was made of, and a revision belongs to one write: nothing stale can come out.
 */
export class ObjectCache {
  readonly #objects = new Map<string, StoredObject>()
  readonly #maximumCharacters: number
  #characters = 0

  constructor(maximumCharacters = 6 * 1024 * 1024) {
    this.#maximumCharacters = maximumCharacters
  }
  /** The object of this entry; parsed and serialised forms are kept for the next caller. */
  of(entry: Entry): StoredObject {
    const known = this.peek(entry)
    const stored = known ?? new StoredObject(entry)
    this.#keep(stored)
    return stored
  }
  /** As `of`, but leaves no trace: for one-time walks over many objects. */
  peek(entry: Entry): StoredObject | undefined {
    const known = this.#objects.get(entry.key)
    return known?.revision === entry.revision ? known : undefined
  }
  /** Remembers the parsed form of what has just been written. */
  put(entry: Entry, object: KubernetesObject): StoredObject {
    const stored = new StoredObject(entry, object)
    this.#keep(stored)
    return stored
  }
  forget(key: string): void {
    const known = this.#objects.get(key)
    if (!known) return
    this.#characters -= known.value.length
    this.#objects.delete(key)
  }
  #keep(stored: StoredObject): void {
    this.forget(stored.key)
    this.#objects.set(stored.key, stored)
    this.#characters += stored.value.length
    for (const key of this.#objects.keys()) {
      if (this.#characters <= this.#maximumCharacters) break
      this.forget(key)
    }
  }
}
