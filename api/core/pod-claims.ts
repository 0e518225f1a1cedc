import type { PersistentVolumeClaim } from './persistent-volume-claim.ts'
import type { Pod } from './pod.ts'
import type { Volume } from './volume.ts'
import { isControlledBy } from '../owners.ts'

/** The name of the claim behind a volume: the one it names, or for a generic ephemeral volume the pod's own. */
export const claimNameOf = (pod: Pick<Pod, 'metadata'>, { name, persistentVolumeClaim, ephemeral }: Volume): string | undefined =>
  persistentVolumeClaim?.claimName ?? (ephemeral ? `${pod.metadata.name}-${name}` : undefined)

/** The claims that a pod uses, in its own namespace. */
export const claimNamesOf = (pod: Pod): string[] => (pod.spec.volumes ?? []).flatMap(volume => claimNameOf(pod, volume) ?? [])

/** Whether the claim was made for the pod, whose name alone says little: another claim may have it (upstream's VolumeIsForPod). */
export const isClaimOfPod = (claim: PersistentVolumeClaim, pod: Pick<Pod, 'metadata'>): boolean =>
  claim.metadata.namespace === pod.metadata.namespace && isControlledBy(claim, pod)

export const whyNotOfPod = ({ metadata }: PersistentVolumeClaim, pod: Pick<Pod, 'metadata'>): string =>
  `PVC ${metadata.namespace ?? ''}/${metadata.name} was not created for pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name} (pod is not owner)`
