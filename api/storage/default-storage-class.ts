import type { StorageClass } from './storage-class.ts'
import type { PersistentVolumeClaim } from '../core/persistent-volume-claim.ts'
import { defaultClassOf } from '../default-class.ts'

const annotations = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']
const oldStorageClass = 'volume.beta.kubernetes.io/storage-class'

/** The class of claims that name none. */
export const defaultStorageClassOf = (classes: readonly StorageClass[]): StorageClass | undefined => defaultClassOf(classes, annotations)

/** Whether the claim leaves its class to the cluster; the empty name is a choice too. */
export const namesNoClass = ({ metadata, spec }: Pick<PersistentVolumeClaim, 'metadata' | 'spec'>): boolean =>
  spec.storageClassName === undefined && metadata.annotations?.[oldStorageClass] === undefined
