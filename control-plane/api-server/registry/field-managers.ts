import { apiVersionOf, type Kind, type KubernetesObject } from '../../../api/kind.ts'
import { findKindByName } from '../../../api/kinds.ts'
import { managersAfterUpdate, type Actor, type Versions } from '../../../api/managed-fields/apply.ts'
import { capUpdaters, decodeManagers, encodeManagers, type Managers } from '../../../api/managed-fields/managers.ts'
import { zeroValue } from '../../../api/schema/zero.ts'
import { timestamp } from '../../../api/time.ts'
import { isEqual } from '../../../common/equal.ts'
import { toStored } from './life-cycle.ts'
import type { RequestContext } from './request-context.ts'

type Metadata = KubernetesObject['metadata']

export interface Tracking {
  readonly kind: Kind
  /** '' for the object itself. */
  readonly subresource: string
  readonly context: RequestContext
  readonly now: Date
}

/** Whoever tracks nothing has no name: the server's own writes, which are nobody's (upstream's binding, eviction, …). */
export const actorOf = ({ kind, subresource, context, now }: Tracking): Actor | undefined =>
  context.fieldManager === undefined
    ? undefined
    : { manager: context.fieldManager, apiVersion: apiVersionOf(kind), subresource, time: timestamp(now) }

/** Objects as the other versions of their kind show them, for managers that acted through those. */
export const versionsOf =
  (kind: Kind): Versions =>
  apiVersion => {
    if (apiVersion === apiVersionOf(kind)) return { schema: kind.schema, of: object => object }
    const [version = '', group = ''] = apiVersion.split('/').reverse()
    const other = kind.otherVersion
      ? group === kind.group
        ? kind.otherVersion(version)
        : undefined
      : findKindByName(group, version, kind.kind)
    if (!other) return undefined
    return {
      schema: other.schema,
      of: object => {
        // Nobody can be asked in the middle of this: paths that both versions have stay whose they are.
        if (kind.storedAs?.conversion) return { ...(object as KubernetesObject), apiVersion }
        const stored = toStored(kind, object as KubernetesObject)
        return other.storedAs ? other.storedAs.fromStored(stored) : stored
      },
    }
  }

const nothings = new WeakMap<Kind, object>()

/** An object of the kind in which nothing is set: what a creation starts from. One for all. */
function nothing(kind: Kind): object {
  const known = nothings.get(kind) ?? { metadata: {}, ...(zeroValue(kind.schema) as object) }
  nothings.set(kind, known)
  return known
}

/** A new object with all that it sets ascribed to its creator. */
export const trackedCreation = (object: KubernetesObject, tracking: Tracking): KubernetesObject =>
  withManagers(
    object,
    managersAfter(
      { before: nothing(tracking.kind), object, managers: decodeManagers(object.metadata.managedFields) ?? new Map() },
      tracking,
    ),
  )

/** A changed object with what changed ascribed to who changed it. What nobody has tracked so far stays that way. */
export function trackedUpdate(object: KubernetesObject, current: KubernetesObject, tracking: Tracking): KubernetesObject {
  const managers = managersToStartFrom(object.metadata, current.metadata, tracking.subresource)
  if (managers.size === 0) return withManagers(object, managers)
  return withManagers(object, managersAfter({ before: withoutManagers(current), object, managers }, tracking))
}

interface Change {
  readonly before: object
  readonly object: KubernetesObject
  readonly managers: Managers
}

function managersAfter({ before, object, managers }: Change, tracking: Tracking): Managers {
  const actor = actorOf(tracking)
  if (!actor) return managers
  const { kind } = tracking
  const update = { schema: kind.schema, versions: versionsOf(kind), before, after: withoutManagers(object), managers, actor }
  return capUpdaters(managersAfterUpdate(update))
}

/** Clients may send managers; those who know nothing of them leave them out, and one empty entry makes everybody forget. */
function managersToStartFrom(next: Metadata, current: Metadata, subresource: string): Managers {
  const live = () => decodeManagers(current.managedFields) ?? new Map()
  if (subresource) return live()
  const sent = next.managedFields ?? []
  if (sent.length === 1 && isEqual(sent[0], {})) return new Map()
  const decoded = decodeManagers(sent)
  return decoded && decoded.size > 0 ? decoded : live()
}

export function withManagers(object: KubernetesObject, managers: Managers): KubernetesObject {
  const managedFields = encodeManagers(managers)
  const { metadata } = withoutManagers(object)
  return { ...object, metadata: managedFields ? { ...metadata, managedFields } : metadata }
}

export function withoutManagers<O extends KubernetesObject>(object: O): O {
  if (object.metadata.managedFields === undefined) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** Whether the only difference between two objects is when their managers last acted. */
export function differOnlyInTimes(a: KubernetesObject, b: KubernetesObject): boolean {
  const timeless = ({ metadata }: KubernetesObject) => (metadata.managedFields ?? []).map(({ time: _, ...entry }) => entry)
  return isEqual(timeless(a), timeless(b)) && isEqual(withoutManagers(a), withoutManagers(b))
}
