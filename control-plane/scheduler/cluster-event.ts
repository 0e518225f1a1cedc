import type { Node } from '../../api/core/node.ts'
import type { PersistentVolumeClaim } from '../../api/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../api/core/persistent-volume.ts'
import type { Pod } from '../../api/core/pod.ts'
import { isPodFinished } from '../../api/pod-phase.ts'
import type { CSINode } from '../../api/storage/csi-node.ts'
import type { StorageClass } from '../../api/storage/storage-class.ts'
import { isEqual } from '../../common/equal.ts'
import { accountedSpec } from './accounted-spec.ts'
import { podRequests } from './resources.ts'

/** Without `before` the object is new, without `after` it is gone. */
interface Change<Of extends string, O> {
  readonly of: Of
  readonly before?: O | undefined
  readonly after?: O | undefined
}

/**
 * Something that happened and that may let a pod in which had no place before (upstream's ClusterEvent). `AssignedPod` is
 * another pod that has a node, `OwnPod` the waiting pod itself.
 */
export type ClusterEvent =
  | Change<'Node', Node>
  | Change<'AssignedPod', Pod>
  | Change<'OwnPod', Pod>
  | Change<'PersistentVolumeClaim', PersistentVolumeClaim>
  | Change<'PersistentVolume', PersistentVolume>
  | Change<'StorageClass', StorageClass>
  | Change<'CSINode', CSINode>

/**
 * Whether any rule could care: heartbeats, and most of what statuses tell, are news to none of them (upstream's
 * NodeSchedulingPropertiesChange and PodSchedulingPropertiesChange).
 */
export function couldHelp({ of, before, after }: ClusterEvent): boolean {
  if (!before || !after) return before !== after
  if (of === 'Node') {
    const { status, spec, metadata } = before
    return !isEqual([spec, metadata.labels, status.allocatable], [after.spec, after.metadata.labels, after.status.allocatable])
  }
  if (of === 'OwnPod') return !isEqual([before.spec, before.metadata.labels], [after.spec, after.metadata.labels])
  if (of !== 'AssignedPod') return true
  const takes = (pod: Pod) => podRequests(accountedSpec(pod))
  return !isEqual(before.metadata.labels, after.metadata.labels) || !isEqual(takes(before), takes(after))
}

/** A pod as others are concerned: one that has a node, and has not finished. */
export const assigned = (pod: Pod | undefined): Pod | undefined => (pod?.spec.nodeName && !isPodFinished(pod) ? pod : undefined)
