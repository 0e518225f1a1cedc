import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { timestamp } from '../../../api/time.ts'
import { isEqual } from '../../../common/equal.ts'
import type { DeleteOptions } from './delete.ts'

export type DeletionPlan =
  | { readonly type: 'now' }
  /** Stays for a while; `object` is the current one itself when there is nothing to change. */
  | { readonly type: 'wait'; readonly object: KubernetesObject }

type Options = DeleteOptions & { readonly now: Date }

/** What a DELETE does to an object: grace periods first, then finalizers (upstream's BeforeDelete and its store). */
export function planDeletion(kind: Kind, current: KubernetesObject, options: Options): DeletionPlan {
  const grace = graceOf(kind, current, options)
  if (grace === 'pending') return { type: 'wait', object: current }
  const finalizers = finalizersFor(kind, current.metadata.finalizers ?? [], options)
  const blocked = finalizers.length > 0 || (kind.blockers?.(current) ?? []).length > 0
  if (!blocked && grace.seconds === 0) return { type: 'now' }
  const marked = { ...current, metadata: withFinalizers(mark(current.metadata, grace), finalizers) }
  const prepared = kind.prepareForDelete?.(marked) ?? marked
  return { type: 'wait', object: isEqual(prepared, current) ? current : prepared }
}

interface Grace {
  readonly seconds: number
  readonly from: Date
}

/** `pending`: it is being deleted already and nobody asked for it to go sooner. */
function graceOf(kind: Kind, { metadata, ...object }: KubernetesObject, options: Options): Grace | 'pending' {
  const usual = kind.defaultGracePeriod?.({ metadata, ...object }) ?? 0
  const asked = options.gracePeriodSeconds === undefined ? undefined : options.gracePeriodSeconds < 0 ? 1 : options.gracePeriodSeconds
  // Kinds without grace, and objects for which it makes no sense any more, ignore what was asked for.
  const wanted = usual === 0 ? 0 : (asked ?? usual)
  if (!metadata.deletionTimestamp) return { seconds: wanted, from: options.now }
  const before = metadata.deletionGracePeriodSeconds ?? 0
  const from = new Date(Date.parse(metadata.deletionTimestamp) - before * 1000)
  if (before === 0 || !kind.defaultGracePeriod) return { seconds: 0, from }
  if (asked === undefined || asked >= before) return 'pending'
  return { seconds: asked, from }
}

function mark(metadata: KubernetesObject['metadata'], { seconds, from }: Grace): KubernetesObject['metadata'] {
  const first = !metadata.deletionTimestamp
  return {
    ...metadata,
    ...(first && metadata.generation ? { generation: metadata.generation + 1 } : {}),
    deletionTimestamp: timestamp(new Date(from.getTime() + seconds * 1000)),
    deletionGracePeriodSeconds: seconds,
  }
}

/** Adds or takes away the garbage collector's finalizers as the caller wishes, or as the kind has it. */
function finalizersFor(kind: Kind, current: readonly string[], options: DeleteOptions): readonly string[] {
  const policy = policyOf(options) ?? (kind.orphansDependents && !current.includes('foregroundDeletion') ? 'Orphan' : undefined)
  if (!policy) return current
  const others = current.filter(name => name !== 'orphan' && name !== 'foregroundDeletion')
  if (policy === 'Orphan') return [...others, 'orphan']
  if (policy === 'Foreground') return [...others, 'foregroundDeletion']
  return others
}

/** What the caller wishes to happen to dependents; undefined when that is left to the kind. */
export const policyOf = ({ propagationPolicy, orphanDependents }: DeleteOptions): string | undefined =>
  propagationPolicy ?? (orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background')

function withFinalizers(metadata: KubernetesObject['metadata'], finalizers: readonly string[]): KubernetesObject['metadata'] {
  const { finalizers: _, ...rest } = metadata
  return finalizers.length > 0 ? { ...rest, finalizers: [...finalizers] } : rest
}
