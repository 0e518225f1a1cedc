import type { OwnerReference } from '../../../api/meta.ts'
import type { GraphNode } from './graph.ts'

export const foreground = 'foregroundDeletion'
export const orphan = 'orphan'

/** What is known of an owner: it lives; it is gone; it waits for its dependents to go first. */
export type OwnerState = 'solid' | 'absent' | 'waiting'

export type CollectionPlan =
  | { readonly action: 'keep' }
  /** Some owners are gone: only the others stay named. */
  | { readonly action: 'forget'; readonly uids: readonly string[] }
  | { readonly action: 'delete'; readonly propagationPolicy: 'Foreground' | 'Background' | 'Orphan' }

/** What happens to an object, given the state of each of its owners. It goes when none of them lives. */
export function planCollection(node: GraphNode, stateOf: (owner: OwnerReference) => OwnerState, hasDependents: boolean): CollectionPlan {
  const { ownerReferences = [], deletionTimestamp, finalizers = [] } = node.metadata
  if (deletionTimestamp || ownerReferences.length === 0) return { action: 'keep' }
  const inState = (state: OwnerState) => ownerReferences.filter(owner => stateOf(owner) === state)
  const gone = [...inState('absent'), ...inState('waiting')]
  if (gone.length === 0) return { action: 'keep' }
  if (gone.length < ownerReferences.length) return { action: 'forget', uids: gone.map(({ uid }) => uid) }
  if (inState('waiting').length > 0 && hasDependents) return { action: 'delete', propagationPolicy: 'Foreground' }
  const propagationPolicy = finalizers.includes(orphan) ? 'Orphan' : finalizers.includes(foreground) ? 'Foreground' : 'Background'
  return { action: 'delete', propagationPolicy }
}

/** Dependents that an owner under foreground deletion must wait for. */
export const blockers = (owner: GraphNode, dependents: readonly GraphNode[]): GraphNode[] =>
  dependents.filter(({ metadata }) => metadata.ownerReferences?.some(each => each.uid === owner.metadata.uid && each.blockOwnerDeletion))

export const isDeletedWith = ({ metadata }: GraphNode, finalizer: string): boolean =>
  Boolean(metadata.deletionTimestamp) && (metadata.finalizers?.includes(finalizer) ?? false)
