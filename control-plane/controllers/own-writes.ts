import { ApiError } from '../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../api/kind.ts'
import { timestamp } from '../../api/time.ts'
import { splitKey } from '../../client/cache.ts'
import type { Client } from '../../client/client.ts'
import type { Informer } from '../../client/informer.ts'
import type { ControllerContext } from './context.ts'

/** Whether the server may have done what it was asked for though this was the answer. */
const leavesDoubt = (error: unknown): boolean => !(error instanceof ApiError) || error.code >= 500

/**
 * Makes sure that a controller never decides on a cache older than its own writes: what upstream's expectations are for.
 * Creations are waited for by version; deletions are remembered by uid until the cache shows them. Of writes that nobody
 * answered the server is asked what became of them, where upstream may make or delete one pod too many.
 */
export class OwnWrites<O extends KubernetesObject> {
  readonly #client: Pick<Client, 'list'>
  readonly #informer: Informer<O>
  readonly #versions = new Map<string, string>()
  readonly #deleted = new Set<string>()
  /** Keys for which a write may have happened or not. */
  readonly #doubtful = new Set<string>()

  constructor({ client, informers }: Pick<ControllerContext, 'client' | 'informers'>, kind: Kind<O>) {
    this.#client = client
    this.#informer = informers.for(kind)
    this.#informer.addListener({ deleted: object => this.#deleted.delete(object.metadata.uid) })
  }

  written(key: string, object: O): void {
    const version = object.metadata.resourceVersion
    if (Number(version) > Number(this.#versions.get(key) ?? 0)) this.#versions.set(key, version)
  }

  deleted(object: O): void {
    this.#deleted.add(object.metadata.uid)
  }

  /** A write for the key was answered by this error, or by nobody. */
  failed(key: string, error: unknown): void {
    if (leavesDoubt(error)) this.#doubtful.add(key)
  }

  /** Whether this object is on its way out because of us, though the cache may not say so yet. */
  isDeleted(object: O): boolean {
    if (!this.#deleted.has(object.metadata.uid)) return false
    if (object.metadata.deletionTimestamp) this.#deleted.delete(object.metadata.uid)
    return true
  }

  /**
   * The objects, where those that we have deleted say so even if the cache does not yet. Asked as soon as they have been taken out of
   * the cache: what is remembered goes when the cache learns of it.
   */
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
    if (this.#doubtful.has(key)) await this.#findOut(key)
    const version = this.#versions.get(key)
    if (version === undefined) return
    await this.#informer.reached(version, signal)
    if (this.#versions.get(key) === version) this.#versions.delete(key)
  }

  /** Takes the server's word for the namespace of a key: the cache has to show what is there, and what is not is deleted. */
  async #findOut(key: string): Promise<void> {
    const { namespace } = splitKey(key)
    const { items, metadata } = await this.#client.list(this.#informer.kind, { namespace })
    const uids = new Set(items.map(each => each.metadata.uid))
    for (const object of items) this.written(key, object)
    // The cache may know of objects already that are newer than the list.
    const isListed = (object: O) =>
      uids.has(object.metadata.uid) || Number(object.metadata.resourceVersion) > Number(metadata.resourceVersion)
    for (const object of this.#informer.cache.inNamespace(namespace)) if (!isListed(object)) this.deleted(object)
    this.#doubtful.delete(key)
  }
}
