import type { KubernetesObject } from '../api/kind.ts'
import { deepFreeze } from '../common/freeze.ts'

interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined }
}

/** `namespace/name`, or `name` for kinds without namespaces. */
export const keyOf = ({ metadata: { namespace, name } }: Named): string => (namespace ? `${namespace}/${name}` : name)

export function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/')
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

export type IndexFunction<O> = (object: O) => readonly string[]
/** The objects that carry `value` in an index. */
export type Lookup<O> = (value: string) => readonly O[]

/** What readers of a cache may do. Objects are frozen all the way down: copy to change. */
export interface ReadonlyCache<O extends KubernetesObject> {
  readonly size: number
  get(key: string): O | undefined
  list(): readonly O[]
  inNamespace: Lookup<O>
  /** Adds an index, or finds the one that has this name already, and returns how to look things up in it. */
  index(name: string, values: IndexFunction<O>): Lookup<O>
}

/** Objects of one kind by key. Only its informer writes to it. */
export class Cache<O extends KubernetesObject> implements ReadonlyCache<O> {
  readonly #objects = new Map<string, O>()
  readonly #indexes = new Map<string, Index<O>>()
  readonly inNamespace: Lookup<O> = this.index('namespace', object => [object.metadata.namespace ?? ''])

  get size(): number {
    return this.#objects.size
  }

  get(key: string): O | undefined {
    return this.#objects.get(key)
  }

  list(): readonly O[] {
    return [...this.#objects.values()]
  }

  index(name: string, values: IndexFunction<O>): Lookup<O> {
    let index = this.#indexes.get(name)
    if (!index) {
      index = new Index(values)
      this.#indexes.set(name, index)
      for (const [key, object] of this.#objects) index.add(key, object)
    }
    return value => index.find(value)
  }

  /** Returns what stood there before. */
  set(object: O): O | undefined {
    const key = keyOf(object)
    const previous = this.#objects.get(key)
    this.#objects.set(key, deepFreeze(object))
    for (const index of this.#indexes.values()) {
      if (previous) index.remove(key, previous)
      index.add(key, object)
    }
    return previous
  }

  delete(key: string): O | undefined {
    const previous = this.#objects.get(key)
    if (!previous) return undefined
    this.#objects.delete(key)
    for (const index of this.#indexes.values()) index.remove(key, previous)
    return previous
  }

  keys(): readonly string[] {
    return [...this.#objects.keys()]
  }
}

class Index<O> {
  readonly #values: IndexFunction<O>
  readonly #found = new Map<string, Map<string, O>>()

  constructor(values: IndexFunction<O>) {
    this.#values = values
  }

  find(value: string): readonly O[] {
    return [...(this.#found.get(value)?.values() ?? [])]
  }

  add(key: string, object: O): void {
    for (const value of this.#values(object)) {
      const found = this.#found.get(value)
      if (found) found.set(key, object)
      else this.#found.set(value, new Map([[key, object]]))
    }
  }

  remove(key: string, object: O): void {
    for (const value of this.#values(object)) {
      const found = this.#found.get(value)
      found?.delete(key)
      if (found?.size === 0) this.#found.delete(value)
    }
  }
}
