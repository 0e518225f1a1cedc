import { apiError, notFound } from '../../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import type { Clock } from '../../../common/clock.ts'
import type { Store } from '../../store/store.ts'
import type { Admission, Converter } from '../interfaces.ts'
import type { Allocator } from './allocator.ts'
import { keyOf } from './keys.ts'
import type { ObjectCache } from './object-cache.ts'
import type { ObjectName } from './request-context.ts'
import { StoredObject, viewOf } from './stored-object.ts'
import type { WatchHub } from './watch-hub.ts'

/** What every step of an object's life may use. One per API server. */
export interface Registry {
  readonly store: Store
  readonly cache: ObjectCache
  readonly hub: WatchHub
  readonly admission: Admission
  readonly converter: Converter
  readonly allocators: Readonly<Record<NonNullable<Kind['allocates']>, Allocator>>
  readonly clock: Clock
}

/**
 * The newest revision of an object; throws NotFound. `unseen`: nobody will look inside, so that it is not worth keeping it for the
 * next one who does.
 */
export function getStored(
  registry: Registry,
  kind: Kind,
  { namespace, name, unseen }: ObjectName & { readonly unseen?: boolean },
): StoredObject {
  const constant = kind.constant?.find(object => object.metadata.name === name)
  if (constant) return StoredObject.unsaved('', constant)
  const entry = registry.store.get(keyOf(kind, namespace, name))
  if (!entry) throw notFound(kind, name)
  return unseen ? (registry.cache.peek(entry) ?? new StoredObject(entry)) : registry.cache.of(entry)
}

export const getObject = (registry: Registry, kind: Kind, name: ObjectName): KubernetesObject =>
  viewOf(kind, getStored(registry, kind, name))

/** Refuses to promise revisions that have not happened yet, in upstream's words. */
export function checkNotInFuture(requested: number, current: number): void {
  if (requested <= current) return
  const text = `Too large resource version: ${requested}, current: ${current}`
  throw apiError('Timeout', text, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}
