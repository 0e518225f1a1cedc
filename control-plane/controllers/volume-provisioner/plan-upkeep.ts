import type { Node } from '../../../api/core/node.ts'
import type { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import { compareQuantities } from '../../../api/quantity.ts'
import { hostnameLabel, holdsData, isNodeDirectory, nodeOfDirectory } from '../../../api/storage/node-directory.ts'
import { isFullyBound, sizeOfClaim, sizeOfVolume } from '../../../api/storage/volume-matching.ts'

export type VolumeUpkeep =
  /** Nobody has it any more: its object goes, and with it, by its finalizer, what the node keeps. */
  | 'delete'
  /** Its data is to go with its object, or to stay. */
  | 'hold-data'
  | 'let-go'

/** What one of our volumes needs that no claim waits for. */
export function planUpkeep(volume: PersistentVolume, nodes: readonly Node[]): VolumeUpkeep | undefined {
  if (!isNodeDirectory(volume)) return undefined
  const { metadata, spec, status } = volume
  const deletes = spec.persistentVolumeReclaimPolicy === 'Delete'
  const nodeIsGone = !nodes.some(node => (node.metadata.labels?.[hostnameLabel] ?? node.metadata.name) === nodeOfDirectory(volume))
  if (metadata.deletionTimestamp) return holdsData(volume) && (!deletes || nodeIsGone) ? 'let-go' : undefined
  if (holdsData(volume) !== deletes) return deletes ? 'hold-data' : 'let-go'
  return deletes && (status.phase === 'Released' || status.phase === 'Failed') ? 'delete' : undefined
}

export type Expansion =
  /** The volume has to say its new size first. */
  { readonly type: 'grow-volume'; readonly size: string } | { readonly type: 'tell-claim'; readonly size: string }

/** The next step in making a volume of ours as large as its claim asks for by now; a directory needs only to be said to be larger. */
export function planExpansion(claim: PersistentVolumeClaim, volume: PersistentVolume | undefined): Expansion | undefined {
  if (!volume || !isNodeDirectory(volume) || !isFullyBound(claim) || claim.status.phase !== 'Bound') return undefined
  const wanted = sizeOfClaim(claim)
  if (compareQuantities(sizeOfVolume(volume), wanted) < 0) return { type: 'grow-volume', size: wanted }
  const told = claim.status.capacity?.['storage'] ?? '0'
  const size = sizeOfVolume(volume)
  return compareQuantities(told, wanted) < 0 ? { type: 'tell-claim', size } : undefined
}
