import { randomUUID } from 'node:crypto'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { timestamp } from '../../../api/time.ts'
import { isEqual } from '../../../common/equal.ts'

type Metadata = KubernetesObject['metadata']

/** Metadata of a new object: identity from the server, nothing from the client that only the server may know. */
export function newMetadata(metadata: Metadata, options: { namespace: string; generation: boolean; now: Date }): Metadata {
  const { namespace: _namespace, uid: _uid, resourceVersion: _version, selfLink: _link, generation: _generation, ...given } = metadata
  const { creationTimestamp: _created, deletionTimestamp: _deleted, deletionGracePeriodSeconds: _grace, ...rest } = given
  return {
    ...rest,
    ...(options.namespace ? { namespace: options.namespace } : {}),
    uid: randomUUID(),
    ...(options.generation ? { generation: 1 } : {}),
    creationTimestamp: timestamp(options.now),
  } as Metadata
}

/** Metadata of an update: what only the server may change stays as it is. */
export function updatedMetadata(next: Metadata, current: Metadata): Metadata {
  const { generation: _generation, deletionTimestamp: _deleted, deletionGracePeriodSeconds: _grace, ...rest } = next
  const { selfLink: _link, resourceVersion: _version, ...kept } = rest
  return {
    ...kept,
    uid: next.uid || current.uid,
    resourceVersion: current.resourceVersion,
    creationTimestamp: current.creationTimestamp,
    ...pick(current, ['namespace', 'generation', 'deletionTimestamp', 'deletionGracePeriodSeconds']),
  }
}

function pick(metadata: Metadata, fields: readonly (keyof Metadata)[]): Partial<Metadata> {
  return Object.fromEntries(fields.filter(field => metadata[field] !== undefined).map(field => [field, metadata[field]]))
}

/** Upstream's rule for kinds that count generations: any difference outside metadata and status is a new one. */
export function withGeneration<O extends KubernetesObject>(kind: Kind, next: O, current: KubernetesObject): O {
  if (!kind.generation || isEqual(desired(kind, next), desired(kind, current))) return next
  return { ...next, metadata: { ...next.metadata, generation: (current.metadata.generation ?? 0) + 1 } }
}

/** Everything but metadata and, where that has a path of its own, status. */
function desired(kind: Kind, object: KubernetesObject): Record<string, unknown> {
  const { metadata: _metadata, ...wanted } = object as KubernetesObject & { status?: unknown }
  if (kind.subresources?.['status']?.type !== 'status') return wanted
  const { status: _status, ...rest } = wanted
  return rest
}
