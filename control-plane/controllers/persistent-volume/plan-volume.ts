import type { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import { annotationOf } from '../../../api/storage/binding-annotations.ts'
import { haveSameMode } from '../../../api/storage/volume-matching.ts'
import { isExternal } from './in-tree-provisioners.ts'

export type VolumePlan =
  | { readonly type: 'phase'; readonly phase: 'Available' | 'Bound' }
  /** Its claim is gone for good: Released, then what its policy says. */
  | { readonly type: 'reclaim' }
  /** Its claim has another volume. */
  | { readonly type: 'unbind' }
  /** Its claim was not told yet, which is the claim's turn. */
  | { readonly type: 'leave' }
  /** It names a claim of the other mode: neither can have the other. */
  | { readonly type: 'mismatch'; readonly claim: PersistentVolumeClaim }

/** What a volume needs next (upstream's syncVolume). `named` is the claim whose name its claimRef has, if there is one. */
export function planVolume(volume: PersistentVolume, named: PersistentVolumeClaim | undefined): VolumePlan {
  const { claimRef } = volume.spec
  // Without a uid it is only reserved.
  if (!claimRef?.uid) return { type: 'phase', phase: 'Available' }
  // A claim of the same name that came later is another one.
  const claim = named?.metadata.uid === claimRef.uid ? named : undefined
  if (!claim) return { type: 'reclaim' }
  if (!claim.spec.volumeName) return haveSameMode(volume, claim) ? { type: 'leave' } : { type: 'mismatch', claim }
  if (claim.spec.volumeName === volume.metadata.name) return { type: 'phase', phase: 'Bound' }
  const wasMadeForIt = annotationOf(volume, 'provisionedBy') !== undefined && volume.spec.persistentVolumeReclaimPolicy === 'Delete'
  return { type: wasMadeForIt ? 'reclaim' : 'unbind' }
}

/** Why a released volume cannot be reclaimed as its policy says; undefined: it stays, or whoever made it deletes it. */
export function whyNotReclaimed(volume: PersistentVolume): { readonly reason: string; readonly message: string } | undefined {
  const { metadata, spec } = volume
  const policy = spec.persistentVolumeReclaimPolicy
  if (policy === 'Retain') return undefined
  if (policy === 'Recycle') return { reason: 'VolumeFailedRecycle', message: 'No recycler plugin found for the volume!' }
  if (isExternal(annotationOf(volume, 'provisionedBy') || 'kubernetes.io/')) return undefined
  const message = `error getting deleter volume plugin for volume "${metadata.name}": no deletable volume plugin matched`
  return { reason: 'VolumeFailedDelete', message }
}
