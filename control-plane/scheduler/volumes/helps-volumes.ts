import { claimNamesOf } from '../../../api/core/pod-claims.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { isEqual } from '../../../common/equal.ts'
import type { ClusterEvent } from '../cluster-event.ts'

/** Whether what happened could give a pod's claims their volumes, or bring a node within their reach. */
export function helpsVolumes(pod: Pod, event: ClusterEvent): boolean {
  if (event.of === 'PersistentVolumeClaim') return isOwnClaim(pod, event)
  if (event.of === 'PersistentVolume' || event.of === 'StorageClass') return event.after !== undefined
  if (event.of !== 'Node' || !event.after) return false
  return !event.before || !isEqual(event.before.metadata.labels, event.after.metadata.labels)
}

/** Whether a claim of the pod has come or changed. */
export const isOwnClaim = (pod: Pod, { of, after }: ClusterEvent): boolean =>
  of === 'PersistentVolumeClaim' &&
  after?.metadata.namespace === pod.metadata.namespace &&
  claimNamesOf(pod).includes(after?.metadata.name ?? '')
