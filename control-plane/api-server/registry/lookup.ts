import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import type { Store } from '../../store/store.ts'
import type { Lookup } from '../interfaces.ts'
import { keyOf, prefixOf } from './keys.ts'
import { ObjectCache } from './object-cache.ts'
import { viewOf } from './stored-object.ts'

/** Reads what is stored without asking for rights. Lists are kept until something in them changes: rights are checked on every request. */
export function createLookup(store: Store, cache: ObjectCache = new ObjectCache()): Lookup {
  const lists = new Map<string, KubernetesObject[]>()
  store.subscribe(({ key }) => {
    for (const prefix of lists.keys()) if (key.startsWith(prefix)) lists.delete(prefix)
  })
  const read = (kind: Kind, prefix: string): KubernetesObject[] => {
    const known = lists.get(prefix)
    if (known) return known
    const objects = store.list(prefix).entries.map(entry => viewOf(kind, cache.of(entry)))
    lists.set(prefix, objects)
    return objects
  }
  return {
    get<O extends KubernetesObject>(kind: Kind<O>, { namespace, name }: { readonly namespace: string; readonly name: string }) {
      const entry = store.get(keyOf(kind, namespace, name))
      return entry && (viewOf(kind, cache.of(entry)) as O)
    },
    list: <O extends KubernetesObject>(kind: Kind<O>, namespace = '') => read(kind, prefixOf(kind, namespace)) as O[],
  }
}
