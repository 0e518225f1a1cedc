import type { Kind, KubernetesObject } from '../api/kind.ts'
import type { Lookup } from './api-server/interfaces.ts'
import { keyOf, prefixOf } from './api-server/registry/keys.ts'
import type { ObjectCache } from './api-server/registry/object-cache.ts'
import { viewOf } from './api-server/registry/stored-object.ts'
import type { Entry, Store } from './store/store.ts'

/** Reads straight from the store, sharing the API server's parsed objects. Treat what it returns as frozen. */
export function createLookup(store: Store, cache: ObjectCache): Lookup {
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
