import { claimNameOf, isClaimOfPod, whyNotOfPod } from '../../../api/core/pod-claims.ts'
import type { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { classOf } from '../../../api/core/storage-class-annotation.ts'
import { isFullyBound, waitsForConsumer } from '../../../api/storage/volume-matching.ts'
import type { Cluster } from '../plugin.ts'

/** The claims of a pod by what has to happen to them (upstream's GetPodVolumeClaims). */
export interface PodClaims {
  readonly bound: readonly PersistentVolumeClaim[]
  /** They get their volumes together with the pod's node. */
  readonly delayed: readonly PersistentVolumeClaim[]
  /** They get their volumes whatever becomes of the pod, which waits for that. */
  readonly immediate: readonly PersistentVolumeClaim[]
}

export type ClaimsView = Pick<Cluster, 'claims' | 'storage'>

/** Why a pod has to wait for its claims wherever it goes (upstream's podHasPVCs); undefined when it has not. */
export function missingClaim(pod: Pod, { claims }: ClaimsView): string | undefined {
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimNameOf(pod, volume)
    if (name === undefined) continue
    const claim = claims.find(each => each.metadata.name === name && each.metadata.namespace === pod.metadata.namespace)
    if (!claim)
      return volume.ephemeral
        ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
        : `persistentvolumeclaim "${name}" not found`
    if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`
    if (claim.status.phase === 'Lost')
      return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ''}"`
    if (volume.ephemeral && !isClaimOfPod(claim, pod)) return whyNotOfPod(claim, pod)
  }
  return undefined
}

export function podClaims(pod: Pod, { claims, storage }: ClaimsView): PodClaims {
  const names = new Set((pod.spec.volumes ?? []).flatMap(volume => claimNameOf(pod, volume) ?? []))
  const own =
    names.size === 0 ? [] : claims.filter(({ metadata }) => metadata.namespace === pod.metadata.namespace && names.has(metadata.name))
  const waits = (claim: PersistentVolumeClaim) =>
    !claim.spec.volumeName && waitsForConsumer(storage?.classes.find(({ metadata }) => metadata.name === classOf(claim)))
  const unbound = own.filter(claim => !isFullyBound(claim))
  return {
    bound: own.filter(isFullyBound),
    delayed: unbound.filter(waits),
    immediate: unbound.filter(claim => !waits(claim)),
  }
}
