import type { Store } from './store.ts'

/** Told how long each request took; `key` is a prefix of keys for lists. */
export type StoreObserver = (operation: 'get' | 'list' | 'create' | 'update' | 'delete', key: string, milliseconds: number) => void

/** The same store, with somebody who is told how long it takes. */
export function observedStore(store: Store, observe: StoreObserver): Store {
  return {
    get revision() {
      return store.revision
    },
    get compactedRevision() {
      return store.compactedRevision
    },
    get(key) {
      const began = performance.now()
      const entry = store.get(key)
      observe('get', key, performance.now() - began)
      return entry
    },
    list(prefix, options) {
      const began = performance.now()
      const page = store.list(prefix, options)
      observe('list', prefix, performance.now() - began)
      return page
    },
    async mutate(key, decide) {
      const began = performance.now()
      let operation: 'create' | 'update' | 'delete' | undefined
      const entry = await store.mutate(key, (current, next) => {
        const mutation = decide(current, next)
        operation = 'put' in mutation ? (current ? 'update' : 'create') : 'delete' in mutation ? 'delete' : undefined
        return mutation
      })
      if (operation) observe(operation, key, performance.now() - began)
      return entry
    },
    watch: (prefix, options) => store.watch(prefix, options),
    subscribe: listener => store.subscribe(listener),
    compact: revision => store.compact(revision),
    close: () => store.close(),
  }
}
