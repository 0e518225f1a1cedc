import type { KubernetesObject } from '../../api/kind.ts'
import { timestamp } from '../../api/time.ts'
import type { Informer } from '../../client/informer.ts'

/**
 * Makes sure that a controller never decides on a cache older than its own writes: what upstream's expectations are for.
 * Creations are waited for by version; deletions are remembered by uid until the cache shows them.
 */
export class OwnWrites<O extends KubernetesObject> {
  readonly #informer: Informer<O>
  readonly #versions = new Map<string, string>()
  readonly #deleted = new Set<string>()

  constructor(informer: Informer<O>) {
    this.#informer = informer
    informer.addListener({ deleted: object => this.#deleted.delete(object.metadata.uid) })
  }

  written(key: string, object: O): void {
    const version = object.metadata.resourceVersion
    if (Number(version) > Number(this.#versions.get(key) ?? 0)) this.#versions.set(key, version)
  }

  deleted(object: O): void {
    this.#deleted.add(object.metadata.uid)
  }

  /** Whether this object is on its way out because of us, though the cache may not say so yet. */
  isDeleted(object: O): boolean {
    if (!this.#deleted.has(object.metadata.uid)) return false
    if (object.metadata.deletionTimestamp) this.#deleted.delete(object.metadata.uid)
    return true
  }

  /** The objects, where those that we have deleted say so even if the cache does not yet. */
  withDeletions(objects: readonly O[], now: Date): readonly O[] {
    const deletionTimestamp = timestamp(now)
    return objects.map(object =>
      this.isDeleted(object) && !object.metadata.deletionTimestamp
        ? { ...object, metadata: { ...object.metadata, deletionTimestamp } }
        : object,
    )
  }

  /** Resolves when the cache shows everything written for the key. */
  async seen(key: string, signal: AbortSignal): Promise<void> {
    const version = this.#versions.get(key)
    if (version === undefined) return
    await this.#informer.reached(version, signal)
    if (this.#versions.get(key) === version) this.#versions.delete(key)
  }
}
