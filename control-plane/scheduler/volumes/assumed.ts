import type { KubernetesObject } from '../../../api/kind.ts'
import { keyOf, type ReadonlyCache } from '../../../client/cache.ts'

interface Assumption<O> {
  readonly object: O
  /** The version that it was made from: a newer one in the cache is the truth. */
  readonly from: string
}

/** The objects of a cache as they will be once what was decided of some of them is written (upstream's AssumeCache). */
export class Assumed<O extends KubernetesObject> {
  readonly #cache: ReadonlyCache<O>
  readonly #assumptions = new Map<string, Assumption<O>>()

  constructor(cache: ReadonlyCache<O>) {
    this.#cache = cache
  }

  list(): readonly O[] {
    const objects = this.#cache.list()
    return this.#assumptions.size === 0 ? objects : objects.map(object => this.#view(object))
  }

  get(key: string): O | undefined {
    const object = this.#cache.get(key)
    return object && this.#view(object)
  }

  assume(current: O, object: O): void {
    this.#assumptions.set(keyOf(current), { object, from: current.metadata.resourceVersion })
  }

  /** What was decided is not to be, or is the cache's own by now. */
  restore(key: string): void {
    this.#assumptions.delete(key)
  }

  #view(object: O): O {
    const assumption = this.#assumptions.get(keyOf(object))
    return assumption?.from === object.metadata.resourceVersion ? assumption.object : object
  }
}
