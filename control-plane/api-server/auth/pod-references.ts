import { findKind } from '../../../api/kinds.ts'
import type { Pod } from '../../../api/core/pod.ts'
import type { Lookup } from '../interfaces.ts'

interface Reference {
  readonly resource: 'secrets' | 'configmaps' | 'serviceaccounts' | 'persistentvolumeclaims' | 'persistentvolumes'
  readonly name: string
}

type Container = Pick<Pod['spec']['containers'][number], 'env' | 'envFrom'>
type Volume = NonNullable<Pod['spec']['volumes']>[number]

/** Everything a kubelet must read to run the pod. */
export function podReferences({ metadata, spec }: Pod, lookup: Lookup): Reference[] {
  const containers: Container[] = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])]
  const direct = [
    ...some('serviceaccounts', spec.serviceAccountName),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }) => some('secrets', name)),
    ...containers.flatMap(ofContainer),
    ...(spec.volumes ?? []).flatMap(volume => ofVolume(volume, metadata.name)),
  ]
  const claims = direct.filter(({ resource }) => resource === 'persistentvolumeclaims')
  return [...direct, ...claims.flatMap(({ name }) => boundVolume(metadata.namespace ?? '', name, lookup))]
}

const some = (resource: Reference['resource'], name: string | undefined): Reference[] => (name ? [{ resource, name }] : [])

const ofContainer = ({ env = [], envFrom = [] }: Container): Reference[] => [
  ...env.flatMap(({ valueFrom }) => [
    ...some('secrets', valueFrom?.secretKeyRef?.name),
    ...some('configmaps', valueFrom?.configMapKeyRef?.name),
  ]),
  ...envFrom.flatMap(({ secretRef, configMapRef }) => [...some('secrets', secretRef?.name), ...some('configmaps', configMapRef?.name)]),
]

const ofVolume = (volume: Volume, podName: string): Reference[] => [
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

function boundVolume(namespace: string, name: string, lookup: Lookup): Reference[] {
  const kind = findKind('', 'v1', 'persistentvolumeclaims')
  const claim = kind && lookup.get(kind, { namespace, name })
  const spec = claim && 'spec' in claim ? (claim.spec as { volumeName?: string }) : undefined
  return some('persistentvolumes', spec?.volumeName)
}
