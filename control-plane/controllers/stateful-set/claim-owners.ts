import { StatefulSet } from '../../../api/apps/stateful-set.ts'
import type { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import { Pod } from '../../../api/core/pod.ts'
import { apiVersionOf, type Kind, type KubernetesObject } from '../../../api/kind.ts'
import type { OwnerReference } from '../../../api/meta.ts'
import { controllerReference } from '../../../api/owners.ts'
import { isInRange, ordinalOf } from './identity.ts'

type Named = { readonly metadata: { readonly name: string; readonly uid?: string } }
type AnyKind = Pick<Kind<KubernetesObject>, 'group' | 'version' | 'kind'>

const isOfKind = (reference: OwnerReference, kind: AnyKind) => reference.apiVersion === apiVersionOf(kind) && reference.kind === kind.kind

/** Whether the claim belongs to an object of the same name that is no more: the garbage collector takes the claim soon. */
const isStaleOwner = (claim: PersistentVolumeClaim, kind: AnyKind, owner: Named): boolean =>
  claim.metadata.ownerReferences?.some(
    reference => isOfKind(reference, kind) && reference.name === owner.metadata.name && reference.uid !== owner.metadata.uid,
  ) ?? false

/** Whether a claim is on its way out with an earlier pod of the name (upstream's PodClaimIsStale). */
export const isStaleClaim = (claim: PersistentVolumeClaim, podName: string): boolean =>
  isStaleOwner(claim, Pod, { metadata: { name: podName } })

/**
 * The owners that a claim should have by the set's retention policy; undefined when it has them already. The set owns it when
 * it goes with the set, the pod when the pod is surplus and claims go with those. Claims that somebody else controls are left alone.
 */
export function planClaimOwners(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): OwnerReference[] | undefined {
  if (isStaleOwner(claim, StatefulSet, set) || isStaleOwner(claim, Pod, pod)) return undefined
  const references = claim.metadata.ownerReferences ?? []
  const ours = references.filter(({ uid }) => uid === set.metadata.uid || uid === pod.metadata.uid)
  const others = references.filter(reference => !ours.includes(reference))
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  const surplus = !isInRange(set, ordinalOf(pod))
  const withPod = whenScaled === 'Delete' && surplus
  const withSet = whenDeleted === 'Delete' && !withPod
  const wanted = others.some(({ controller }) => controller)
    ? []
    : [...(withSet ? [controllerReference(StatefulSet, set)] : []), ...(withPod ? [controllerReference(Pod, pod)] : [])]
  const same = ours.length === wanted.length && wanted.every(({ uid }) => ours.some(each => each.uid === uid && each.controller))
  return same ? undefined : [...others, ...wanted]
}
