import { annotated } from './binding-annotations.ts'
import { isBoundTo } from './volume-matching.ts'
import { PersistentVolumeClaim } from '../core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../core/persistent-volume.ts'
import { apiVersionOf } from '../kind.ts'

/** The volume with the claim's name and uid, and whether a user had reserved it (upstream's GetBindVolumeToClaim); the same one when it says so already. */
export function claimedVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { name, namespace = '', uid, resourceVersion } = claim.metadata
  const isReserved = isBoundTo(volume, claim)
  if (isReserved && volume.spec.claimRef?.uid === uid) return volume
  const chosen = isReserved ? volume : annotated(volume, { boundByController: 'yes' })
  const apiVersion = apiVersionOf(PersistentVolumeClaim)
  const claimRef = { kind: PersistentVolumeClaim.kind, namespace, name, uid, apiVersion, resourceVersion }
  return { ...chosen, spec: { ...chosen.spec, claimRef } }
}
