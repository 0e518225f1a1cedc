import { isExpired, ApiError } from '../api/errors.ts'
import type { Kind, KubernetesObject } from '../api/kind.ts'

import { sleepUnlessAborted, systemClock, type Clock } from '../common/clock.ts'
import type { Logger } from '../common/log.ts'
import type { Runnable } from '../common/run.ts'
import { Cache, keyOf, type ReadonlyCache } from './cache.ts'
import type { Client, WatchEvent } from './client.ts'
import { GrowingDelay } from './growing-delay.ts'

export interface Listener<O> {
  added?(object: O): void
  updated?(object: O, previous: O): void
  deleted?(object: O): void
}

export interface InformerOptions<O extends KubernetesObject> {
  readonly client: Pick<Client, 'list' | 'watch'>
  readonly kind: Kind<O>
  readonly log: Logger
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Ask the server for type and metadata alone. */
  readonly metadataOnly?: boolean
  /** What to keep of each object; the whole of it unless told otherwise. */
  readonly transform?: (object: O) => O
  readonly clock?: Clock
  readonly random?: () => number
}

const pageSize = 500
/** A watch that ends sooner than this counts as a failure: reconnecting at once would spin. */
const shortestWatch = 1000

/**
 * Keeps a cache equal to what the server has, for ever: lists, watches from there, resumes after broken connections from
 * the last version seen, and lists again when the server has forgotten that version. Listeners hear every change, in order.
 */
export class Informer<O extends KubernetesObject> implements Runnable {
  readonly kind: Kind<O>
  readonly #cache = new Cache<O>()
  readonly #options: InformerOptions<O>
  readonly #clock: Clock
  readonly #listeners = new Set<Listener<O>>()
  readonly #waiting = new Set<{ readonly version: number; readonly resolve: () => void }>()
  readonly #backoff: GrowingDelay
  #version = ''
  #listed = false
  #relist = true

  constructor(options: InformerOptions<O>) {
    this.#options = options
    this.kind = options.kind
    this.#clock = options.clock ?? systemClock
    this.#backoff = new GrowingDelay({ initial: 100, maximum: 5000, ...(options.random ? { random: options.random } : {}) })
  }

  get cache(): ReadonlyCache<O> {
    return this.#cache
  }

  /** True once the cache has been filled; it stays true through later disconnections. */
  get hasSynced(): boolean {
    return this.#listed
  }

  /** Objects that are in the cache already are announced as added, at once. */
  addListener(listener: Listener<O>): () => void {
    this.#listeners.add(listener)
    for (const object of this.#cache.list()) this.#tell(() => listener.added?.(object))
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when the cache has been filled. */
  synced(signal: AbortSignal): Promise<void> {
    return this.reached('0', signal)
  }

  /** Resolves when the cache shows `resourceVersion` or something newer: how a writer reads its own writes. */
  reached(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const version = Number(resourceVersion)
    if (this.#listed && Number(this.#version) >= version) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const entry = { version, resolve: () => finish(resolve) }
      const stop = () => finish(() => reject(signal.reason as Error))
      const finish = (then: () => void) => {
        this.#waiting.delete(entry)
        signal.removeEventListener('abort', stop)
        then()
      }
      this.#waiting.add(entry)
      signal.addEventListener('abort', stop)
      if (signal.aborted) stop()
    })
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const started = this.#clock.now().getTime()
      try {
        if (this.#relist) await this.#list(signal)
        await this.#watch(signal)
        if (this.#clock.now().getTime() - started >= shortestWatch) this.#backoff.reset()
        else await sleepUnlessAborted(this.#clock, this.#backoff.next(), signal)
      } catch (error) {
        if (!signal.aborted) await this.#recover(error, signal)
      }
    }
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { log, kind } = this.#options
    // A version that the server has forgotten, or has not reached because its store is another one: only listing helps.
    if (error instanceof ApiError && [400, 410, 504].includes(error.code)) this.#relist = true
    const known = isExpired(error)
    log[known ? 'debug' : 'warn']('watch interrupted', { resource: kind.plural, error })
    await sleepUnlessAborted(this.#clock, this.#backoff.next(), signal)
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, kind, transform = unmanaged } = this.#options
    const keys = new Set<string>()
    let position: { continue?: string } = {}
    do {
      const page = await client.list(kind, { ...this.#selection(), ...position, limit: pageSize, signal })
      for (const item of page.items) {
        keys.add(keyOf(item))
        this.#set(transform(item))
      }
      position = page.metadata.continue ? { continue: page.metadata.continue } : {}
      this.#version = page.metadata.resourceVersion
    } while (position.continue)
    for (const key of this.#cache.keys()) if (!keys.has(key)) this.#delete(key)
    this.#relist = false
    this.#listed = true
    this.#progress(this.#version)
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { client, kind } = this.#options
    for await (const event of client.watch(kind, { ...this.#selection(), resourceVersion: this.#version, signal })) {
      this.#backoff.reset()
      this.#apply(event)
      this.#progress(event.object.metadata.resourceVersion)
    }
  }

  #apply(event: WatchEvent<O>): void {
    const { transform = unmanaged } = this.#options
    if (event.type === 'DELETED') this.#delete(keyOf(event.object), transform(event.object))
    else if (event.type !== 'BOOKMARK') this.#set(transform(event.object))
  }

  #set(object: O): void {
    const previous = this.#cache.set(object)
    if (!previous) this.#announce(listener => listener.added?.(object))
    else if (previous.metadata.uid !== object.metadata.uid) {
      // Deleted and made anew while nobody was looking.
      this.#announce(listener => listener.deleted?.(previous))
      this.#announce(listener => listener.added?.(object))
    } else if (previous.metadata.resourceVersion !== object.metadata.resourceVersion) {
      this.#announce(listener => listener.updated?.(object, previous))
    }
  }

  #delete(key: string, last?: O): void {
    const previous = this.#cache.delete(key)
    if (previous) this.#announce(listener => listener.deleted?.(last ?? previous))
  }

  #announce(say: (listener: Listener<O>) => void): void {
    for (const listener of this.#listeners) this.#tell(() => say(listener))
  }

  #tell(say: () => void): void {
    try {
      say()
    } catch (error) {
      // One listener's mistake must not cost the others their events.
      this.#options.log.error('listener failed', { resource: this.kind.plural, error })
    }
  }

  #progress(version: string): void {
    this.#version = version
    for (const entry of this.#waiting) if (this.#listed && entry.version <= Number(version)) entry.resolve()
  }

  #selection() {
    const { namespace, labelSelector, fieldSelector, metadataOnly } = this.#options
    return {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(metadataOnly ? { metadataOnly } : {}),
    }
  }
}

/** Nobody who listens asks whose which field is, and the answer is often as large as the object. */
function unmanaged<O extends KubernetesObject>(object: O): O {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}
