import type { Pod } from '../../api/core/pod.ts'
import type { Volume } from '../../api/core/volume.ts'
import { containersOf } from '../../api/pod-containers.ts'
import type { WatchedReference } from './object-watches.ts'

/** The runtime's name of a pod's volume. */
export const volumeName = (pod: Pod, volume: string): string => `${pod.metadata.uid}_${volume}`

/** Volumes that some container mounts, or has variables from; the others are never set up. */
export function mountedVolumes({ spec }: Pod): Volume[] {
  const names = new Set(
    containersOf(spec).flatMap(({ container: { volumeMounts = [], env = [] } }) => [
      ...volumeMounts.map(({ name }) => name),
      ...env.map(({ valueFrom }) => valueFrom?.fileKeyRef?.volumeName),
    ]),
  )
  return (spec.volumes ?? []).filter(({ name }) => names.has(name))
}

/** True for volumes that are not the pod's own: what they hold was there before, and will be there after it. */
export const isShared = ({ hostPath, persistentVolumeClaim, ephemeral }: Volume): boolean =>
  Boolean(hostPath ?? persistentVolumeClaim ?? ephemeral)

export const isClaimed = ({ persistentVolumeClaim, ephemeral }: Volume): boolean => Boolean(persistentVolumeClaim ?? ephemeral)

/** True for volumes that the agent fills with files, and whose content follows what the API says. */
export const hasContent = ({ configMap, secret, downwardAPI, projected }: Volume): boolean =>
  Boolean(configMap ?? secret ?? downwardAPI ?? projected)

interface Sources {
  readonly configMap?: { readonly name?: string } | undefined
  readonly secret?: { readonly name?: string | undefined } | undefined
}

/** The objects whose changes a pod's volumes follow. */
export function watchedReferences(pod: Pod): WatchedReference[] {
  const namespace = pod.metadata.namespace ?? ''
  const of = ({ configMap, secret }: Sources): WatchedReference[] => [
    ...(configMap ? [{ kind: 'ConfigMap' as const, namespace, name: configMap.name ?? '' }] : []),
    ...(secret ? [{ kind: 'Secret' as const, namespace, name: secret.name ?? '' }] : []),
  ]
  return mountedVolumes(pod).flatMap(({ configMap, secret, projected }) => [
    ...of({ configMap, secret: secret && { name: secret.secretName } }),
    ...(projected?.sources ?? []).flatMap(of),
  ])
}
