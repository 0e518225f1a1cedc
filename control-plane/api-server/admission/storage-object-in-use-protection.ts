import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import { onCreate } from './rule.ts'

function withFinalizer<O extends KubernetesObject>(object: O, finalizer: string): O {
  const { finalizers = [] } = object.metadata
  return finalizers.includes(finalizer) ? object : { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } }
}

/** Upstream's StorageObjectInUseProtection: a claim stays while a pod uses it, a volume while a claim has it. */
export const storageObjectInUseProtection = [
  onCreate(PersistentVolumeClaim, claim => withFinalizer(claim, 'kubernetes.io/pvc-protection')),
  onCreate(PersistentVolume, volume => withFinalizer(volume, 'kubernetes.io/pv-protection')),
]
