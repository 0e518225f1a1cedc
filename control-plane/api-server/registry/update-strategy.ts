import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import type { FieldError } from '../../../api/schema/field-error.ts'
import { validateObjectMetaUpdate } from '../../../api/object-meta-validation.ts'

type Change<R> = (next: KubernetesObject, current: KubernetesObject) => R

/** What an update through one path may change, and what has to hold afterwards. */
export interface UpdateStrategy {
  /** Takes over from `next` only what this path may change. */
  readonly take: Change<KubernetesObject>
  readonly prepare: Change<KubernetesObject>
  readonly validate: Change<FieldError[]>
}

/** The object's own path keeps status where that has a path of its own; `status` keeps everything but status. */
export function strategyOf(kind: Kind, subresource: string): UpdateStrategy {
  if (!subresource) return wholeObject(kind)
  if (kind.subresources?.[subresource]?.type === 'status') return statusOnly(kind)
  return {
    take: (next, current) => kind.prepareSubresource?.[subresource]?.(next, current) ?? next,
    prepare: next => next,
    validate: (next, current) => [
      ...validateObjectMetaUpdate(next.metadata, current.metadata, kind),
      ...(kind.validateSubresource?.[subresource]?.(next, current) ?? []),
    ],
  }
}

const wholeObject = (kind: Kind): UpdateStrategy => ({
  take: (next, current) => (kind.subresources?.['status']?.type === 'status' ? withStatusOf(next, current) : next),
  prepare: (next, current) => kind.prepareForUpdate?.(next, current) ?? next,
  validate: (next, current) => [
    ...validateObjectMetaUpdate(next.metadata, current.metadata, kind),
    ...(kind.validateUpdate?.(next, current) ?? kind.validate?.(next) ?? []),
  ],
})

const statusOnly = (kind: Kind): UpdateStrategy => ({
  take: (next, current) => ({ ...withStatusOf(current, next), metadata: statusMetadata(kind, next.metadata, current.metadata) }),
  prepare: (next, current) => kind.prepareSubresource?.['status']?.(next, current) ?? next,
  validate: (next, current) => [
    ...validateObjectMetaUpdate(next.metadata, current.metadata, kind),
    ...(kind.validateStatusUpdate?.(next, current) ?? []),
  ],
})

type WithStatus = KubernetesObject & { status?: unknown }

function withStatusOf(object: WithStatus, other: WithStatus): KubernetesObject {
  const { status: _, ...rest } = object
  const merged: WithStatus = other.status === undefined ? rest : { ...rest, status: other.status }
  return merged
}

type Metadata = KubernetesObject['metadata']

/** What stays of the metadata when status is written. Owners always do: they belong to whoever writes the object itself. */
const kept = {
  owners: ['ownerReferences'],
  labels: ['ownerReferences', 'labels'],
  metadata: ['ownerReferences', 'labels', 'annotations', 'finalizers'],
} as const

function statusMetadata({ statusKeeps }: Kind, next: Metadata, current: Metadata): Metadata {
  const mine = Object.fromEntries(kept[statusKeeps ?? 'owners'].map(field => [field, current[field]]))
  return Object.fromEntries(Object.entries({ ...next, ...mine }).filter(([, value]) => value !== undefined)) as unknown as Metadata
}
