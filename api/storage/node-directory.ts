import type { PersistentVolume } from '../core/persistent-volume.ts'
import { annotationOf } from './binding-annotations.ts'

/** Whose volumes are directories that the nodes of the cluster keep, each the one on which the first pod of the claim runs. */
export const nodeDirectoryProvisioner = 'kubeling.io/node-directory'

/** The class of claims that name none: as in other clusters for one machine. */
export const standardStorageClass = {
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: nodeDirectoryProvisioner,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
  allowVolumeExpansion: true,
} as const

/** Keeps a volume's object in place until its node has deleted the data; the name that provisioners outside of upstream's code use. */
export const volumeDataFinalizer = 'external-provisioner.volume.kubernetes.io/finalizer'

export const hostnameLabel = 'kubernetes.io/hostname'

const [root, end] = ['/var/lib/kubeling/volumes/', '/data']

/** Where the node's own container has the volume. */
export const nodeDirectoryPath = (volume: string): string => `${root}${volume}${end}`

/** The volume at a path of the node's; undefined for paths of the machine. */
export function nodeDirectoryAt(path: string): string | undefined {
  const name = path.startsWith(root) && path.endsWith(end) ? path.slice(root.length, -end.length) : ''
  return name && !name.includes('/') && !name.startsWith('.') ? name : undefined
}

export const isNodeDirectory = (volume: PersistentVolume): boolean => annotationOf(volume, 'provisionedBy') === nodeDirectoryProvisioner

/** The hostname label of the node that has the volume. */
export const nodeOfDirectory = ({ spec }: PersistentVolume): string | undefined =>
  spec.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.find(({ key }) => key === hostnameLabel)?.values?.[0]

export const holdsData = ({ metadata }: PersistentVolume): boolean => (metadata.finalizers ?? []).includes(volumeDataFinalizer)

export function withDataFinalizer(volume: PersistentVolume, wanted: boolean): PersistentVolume {
  const others = (volume.metadata.finalizers ?? []).filter(name => name !== volumeDataFinalizer)
  return { ...volume, metadata: { ...volume.metadata, finalizers: wanted ? [...others, volumeDataFinalizer] : others } }
}

/** Whether the node may, and has to, delete the data: its object goes, nobody has it, and the policy does not say to keep it. */
export const isDataToDelete = (volume: PersistentVolume): boolean =>
  volume.metadata.deletionTimestamp !== undefined &&
  holdsData(volume) &&
  volume.spec.persistentVolumeReclaimPolicy === 'Delete' &&
  volume.status.phase !== 'Bound'
