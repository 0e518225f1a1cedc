import type { Pod } from './pod.ts'

export interface PodReference {
  readonly resource: 'secrets' | 'configmaps' | 'serviceaccounts' | 'persistentvolumeclaims'
  readonly name: string
}

type Container = Pick<Pod['spec']['containers'][number], 'env' | 'envFrom'>
type Volume = NonNullable<Pod['spec']['volumes']>[number]

/** Every object of its namespace that the pod names, service account first. */
export function podReferences({ metadata, spec }: Pod): PodReference[] {
  const containers: Container[] = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])]
  return [
    ...some('serviceaccounts', spec.serviceAccountName),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }) => some('secrets', name)),
    ...containers.flatMap(ofContainer),
    ...(spec.volumes ?? []).flatMap(volume => ofVolume(volume, metadata.name)),
  ]
}

const some = (resource: PodReference['resource'], name: string | undefined): PodReference[] => (name ? [{ resource, name }] : [])

const ofContainer = ({ env = [], envFrom = [] }: Container): PodReference[] => [
  ...env.flatMap(({ valueFrom }) => [
    ...some('secrets', valueFrom?.secretKeyRef?.name),
    ...some('configmaps', valueFrom?.configMapKeyRef?.name),
  ]),
  ...envFrom.flatMap(({ secretRef, configMapRef }) => [...some('secrets', secretRef?.name), ...some('configmaps', configMapRef?.name)]),
]

const ofVolume = (volume: Volume, podName: string): PodReference[] => [
  ...some('secrets', volume.secret?.secretName),
  ...some('configmaps', volume.configMap?.name),
  ...some('persistentvolumeclaims', volume.persistentVolumeClaim?.claimName),
  // A generic ephemeral volume's claim is named after its pod.
  ...some('persistentvolumeclaims', volume.ephemeral ? `${podName}-${volume.name}` : undefined),
  ...(volume.projected?.sources ?? []).flatMap(({ secret, configMap }) => [
    ...some('secrets', secret?.name),
    ...some('configmaps', configMap?.name),
  ]),
]
