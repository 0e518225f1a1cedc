import type { Kind, KubernetesObject } from '../../api/kind.ts'
import type { Lookup } from './interfaces.ts'
import { keyOf, prefixOf } from './registry/keys.ts'
import { ObjectCache } from './registry/object-cache.ts'
import { viewOf } from './registry/stored-object.ts'
import type { Entry, Store } from '../store/store.ts'

/** Reads straight from the store; `cache` is for the API server to share the parsed objects. */
export function createLookup(store: Store): { readonly lookup: Lookup; readonly cache: ObjectCache } {
  const cache = new ObjectCache()
  return { lookup: lookupOver(store, cache), cache }
}

/** The same with a cache that is there already. Treat what it returns as frozen. */
export function lookupOver(store: Store, cache: ObjectCache): Lookup {
  // The store holds what the kind's own schema let in.
  const object = <O extends KubernetesObject>(kind: Kind<O>, entry: Entry) => viewOf(kind, cache.of(entry)) as O
  return {
    get(kind, { namespace, name }) {
      const entry = store.get(keyOf(kind, namespace, name))
      return entry && object(kind, entry)
    },
    list: (kind, namespace = '') => store.list(prefixOf(kind, namespace)).entries.map(entry => object(kind, entry)),
  }
}
