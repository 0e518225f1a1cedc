import type { KubernetesObject } from '../../../api/kind.ts'
import type { Entry } from '../../store/store.ts'
import { StoredObject } from './stored-object.ts'

/**
 * Recently used objects with their parsed form, in two generations: what is used of the older one moves to the newer, and when
 * that has grown to half of what may be kept, the older one is dropped. An entry is only ever taken for the revision that it was
 * made of, and a revision belongs to one write: nothing stale can come out.
 */
export class ObjectCache {
  #newer = new Map<string, StoredObject>()
  #older = new Map<string, StoredObject>()
  /** Of the newer generation. */
  #characters = 0
  readonly #maximumCharacters: number

  constructor(maximumCharacters = 6 * 1024 * 1024) {
    this.#maximumCharacters = maximumCharacters
  }
  /** The object of this entry; parsed and serialised forms are kept for the next caller. */
  of(entry: Entry): StoredObject {
    const newer = this.#newer.get(entry.key)
    if (newer?.revision === entry.revision) return newer
    const older = this.#older.get(entry.key)
    const stored = older?.revision === entry.revision ? older : new StoredObject(entry)
    this.#keep(stored)
    return stored
  }
  /** As `of`, but leaves no trace: for one-time walks over many objects. */
  peek({ key, revision }: Entry): StoredObject | undefined {
    const known = this.#newer.get(key) ?? this.#older.get(key)
    return known?.revision === revision ? known : undefined
  }
  /** Remembers the parsed form of what has just been written. */
  put(entry: Entry, written: KubernetesObject): StoredObject {
    const stored = StoredObject.written(entry, written)
    this.#keep(stored)
    return stored
  }
  forget(key: string): void {
    this.#characters -= this.#newer.get(key)?.value.length ?? 0
    this.#newer.delete(key)
    this.#older.delete(key)
  }

  #keep(stored: StoredObject): void {
    const { key, value } = stored
    this.#characters += value.length - (this.#newer.get(key)?.value.length ?? 0)
    this.#newer.set(key, stored)
    // An older revision must not be found behind the newer one's back.
    this.#older.delete(key)
    if (this.#characters * 2 <= this.#maximumCharacters) return
    this.#older = this.#newer
    this.#newer = new Map()
    this.#characters = 0
  }
}
