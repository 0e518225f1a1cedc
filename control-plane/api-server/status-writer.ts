import type { StatusWriter } from './interfaces.ts'
import { keyOf } from './registry/keys.ts'
import type { ObjectCache } from './registry/object-cache.ts'
import { serialize } from './registry/stored-object.ts'
import type { Store } from '../store/store.ts'

/** Writes statuses straight to the store, each only over the version that it was worked out from. */
export const createStatusWriter = (store: Store, cache: ObjectCache): StatusWriter => ({
  async replaceStatus(kind, object) {
    const { namespace = '', name, resourceVersion } = object.metadata
    let written = false
    await store.mutate(keyOf(kind, namespace, name), current => {
      written = current !== undefined && String(current.revision) === resourceVersion
      // A quota's status is all that the writer knows anew: everything else stays as it is stored.
      return written && current ? { put: serialize({ ...cache.of(current).object, ...{ status: object.status } }) } : { keep: true }
    })
    return written
  },
})
