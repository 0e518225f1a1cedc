import { by, type Behaviours } from './shown-by.ts'

const storageApis = 'test/integration/conformance/storage-apis.test.ts'

/** Of volumes and storage. */
export const storageBehaviours: Behaviours = {
  '[sig-storage] CSIInlineVolumes should run through the lifecycle of a CSIDriver [Conformance]': by(
    storageApis,
    'leads a $name through its life: created, patched, updated, deleted alone and with others',
  ),
  '[sig-storage] CSINodes CSI Conformance should run through the lifecycle of a csinode [Conformance]': by(
    storageApis,
    'leads a $name through its life: created, patched, updated, deleted alone and with others',
  ),
  '[sig-storage] CSIStorageCapacity should support CSIStorageCapacities API operations [Conformance]': by(
    storageApis,
    'leads CSIStorageCapacities through their lives, in a namespace and everywhere',
  ),
  '[sig-storage] PersistentVolumes CSI Conformance should apply changes to a pv/pvc status [Conformance]': by(
    storageApis,
    'takes what others write into the status of a volume and its claim',
  ),
  '[sig-storage] PersistentVolumes CSI Conformance should run through the lifecycle of a PV and a PVC [Conformance]': by(
    storageApis,
    'leads a volume and its claim through their lives: bound, patched, updated, deleted alone and with others',
  ),
  '[sig-storage] StorageClasses CSI Conformance should run through the lifecycle of a StorageClass [Conformance]': by(
    storageApis,
    'leads a $name through its life: created, patched, updated, deleted alone and with others',
  ),
  '[sig-storage] VolumeAttachment Conformance should apply changes to a volumeattachment status [Conformance]': by(
    storageApis,
    'writes the status of a VolumeAttachment, and nothing else through it',
  ),
  '[sig-storage] VolumeAttachment Conformance should run through the lifecycle of a VolumeAttachment [Conformance]': by(
    storageApis,
    'leads a $name through its life: created, patched, updated, deleted alone and with others',
  ),
  '[sig-storage] VolumeAttributesClass [FeatureGate:VolumeAttributesClass] should run through the lifecycle of a VolumeAttributesClass [Conformance]':
    by(storageApis, 'leads a $name through its life: created, patched, updated, deleted alone and with others'),
}
