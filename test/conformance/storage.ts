import { by, type Behaviours } from './shown-by.ts'

const storageApis = 'test/integration/conformance/storage-apis.test.ts'
const objects = 'test/integration/conformance/pod-volumes.test.ts'
const volumes = 'test/e2e/conformance-storage.test.ts'

const follows = by(volumes, 'follows optional sources as they go, change and come, in volumes of all kinds')
const keys = by(volumes, 'shows the keys of a %s as they are, or in files and modes of one’s choice')
const forUsers = by(volumes, 'lets users other than root read a %s')
const immutable = by(objects, 'keeps a %s that was made immutable as it is, but for its metadata')
const facts = by(volumes, 'shows by a %s volume what the pod is called and has, in modes of one’s choice')
const ofNodes = by(volumes, 'shows by a %s volume what the node has where there is no limit')
const metadata = by(volumes, 'follows labels and annotations of the pod')
const emptyDirs = by(volumes, 'lets user %s write files of every mode into empty directories, on disk and in memory')
const forGroups = by(volumes, 'gives a %s to the group of the pod')
const parts = by(volumes, 'mounts single files of volumes that follow the API, over files of the image and its own too')

/** Of volumes and storage. */
export const storageBehaviours: Behaviours = {
  '[sig-storage] CSIInlineVolumes should support CSIVolumeSource in Pod API [Conformance]': by(
    objects,
    'takes pods whose volumes are of CSI drivers through their life',
  ),
  '[sig-storage] ConfigMap binary data should be reflected in volume [NodeConformance] [Conformance]': by(
    volumes,
    'shows binary data byte for byte',
  ),
  '[sig-storage] ConfigMap optional updates should be reflected in volume [NodeConformance] [Conformance]': follows,
  '[sig-storage] ConfigMap should be consumable from pods in volume [NodeConformance] [Conformance]': keys,
  '[sig-storage] ConfigMap should be consumable from pods in volume as non-root [NodeConformance] [Conformance]': forUsers,
  '[sig-storage] ConfigMap should be consumable from pods in volume with defaultMode set [LinuxOnly] [NodeConformance] [Conformance]': keys,
  '[sig-storage] ConfigMap should be consumable from pods in volume with mappings [NodeConformance] [Conformance]': keys,
  '[sig-storage] ConfigMap should be consumable from pods in volume with mappings and Item mode set [LinuxOnly] [NodeConformance] [Conformance]':
    keys,
  '[sig-storage] ConfigMap should be consumable from pods in volume with mappings as non-root [NodeConformance] [Conformance]': forUsers,
  '[sig-storage] ConfigMap should be consumable in multiple volumes in the same pod [NodeConformance] [Conformance]': keys,
  '[sig-storage] ConfigMap should be immutable if `immutable` field is set [Conformance]': immutable,
  '[sig-storage] ConfigMap updates should be reflected in volume [NodeConformance] [Conformance]': follows,
  "[sig-storage] Downward API volume should provide container's cpu limit [NodeConformance] [Conformance]": facts,
  "[sig-storage] Downward API volume should provide container's cpu request [NodeConformance] [Conformance]": facts,
  "[sig-storage] Downward API volume should provide container's memory limit [NodeConformance] [Conformance]": facts,
  "[sig-storage] Downward API volume should provide container's memory request [NodeConformance] [Conformance]": facts,
  '[sig-storage] Downward API volume should provide node allocatable (cpu) as default cpu limit if the limit is not set [NodeConformance] [Conformance]':
    ofNodes,
  '[sig-storage] Downward API volume should provide node allocatable (memory) as default memory limit if the limit is not set [NodeConformance] [Conformance]':
    ofNodes,
  '[sig-storage] Downward API volume should provide podname only [NodeConformance] [Conformance]': facts,
  '[sig-storage] Downward API volume should set DefaultMode on files [LinuxOnly] [NodeConformance] [Conformance]': facts,
  '[sig-storage] Downward API volume should set mode on item file [LinuxOnly] [NodeConformance] [Conformance]': facts,
  '[sig-storage] Downward API volume should update annotations on modification [NodeConformance] [Conformance]': metadata,
  '[sig-storage] Downward API volume should update labels on modification [NodeConformance] [Conformance]': metadata,
  '[sig-storage] EmptyDir volumes pod should support shared volumes between containers [Conformance]': by(
    volumes,
    'lets containers of a pod share an empty directory',
  ),
  '[sig-storage] EmptyDir volumes should support (non-root,0644,default) [LinuxOnly] [NodeConformance] [Conformance]': emptyDirs,
  '[sig-storage] EmptyDir volumes should support (non-root,0644,tmpfs) [LinuxOnly] [NodeConformance] [Conformance]': emptyDirs,
  '[sig-storage] EmptyDir volumes should support (non-root,0666,default) [LinuxOnly] [NodeConformance] [Conformance]': emptyDirs,
  '[sig-storage] EmptyDir volumes should support (non-root,0666,tmpfs) [LinuxOnly] [NodeConformance] [Conformance]': emptyDirs,
  '[sig-storage] EmptyDir volumes should support (non-root,0777,default) [LinuxOnly] [NodeConformance] [Conformance]': emptyDirs,
  '[sig-storage] EmptyDir volumes should support (non-root,0777,tmpfs) [LinuxOnly] [NodeConformance] [Conformance]': emptyDirs,
  '[sig-storage] EmptyDir volumes should support (root,0644,default) [LinuxOnly] [NodeConformance] [Conformance]': emptyDirs,
  '[sig-storage] EmptyDir volumes should support (root,0644,tmpfs) [LinuxOnly] [NodeConformance] [Conformance]': emptyDirs,
  '[sig-storage] EmptyDir volumes should support (root,0666,default) [LinuxOnly] [NodeConformance] [Conformance]': emptyDirs,
  '[sig-storage] EmptyDir volumes should support (root,0666,tmpfs) [LinuxOnly] [NodeConformance] [Conformance]': emptyDirs,
  '[sig-storage] EmptyDir volumes should support (root,0777,default) [LinuxOnly] [NodeConformance] [Conformance]': emptyDirs,
  '[sig-storage] EmptyDir volumes should support (root,0777,tmpfs) [LinuxOnly] [NodeConformance] [Conformance]': emptyDirs,
  '[sig-storage] EmptyDir volumes volume on default medium should have the correct mode [LinuxOnly] [NodeConformance] [Conformance]':
    emptyDirs,
  '[sig-storage] EmptyDir volumes volume on tmpfs should have the correct mode [LinuxOnly] [NodeConformance] [Conformance]': emptyDirs,
  '[sig-storage] EmptyDir wrapper volumes should not cause race condition when used for configmaps [Serial] [Conformance]': by(
    volumes,
    'starts pods with fifty ConfigMaps each side by side, with all of them there',
  ),
  '[sig-storage] EmptyDir wrapper volumes should not conflict [Conformance]': keys,
  '[sig-storage] Projected combined should project all components that make up the projection API [Projection] [NodeConformance] [Conformance]':
    by(volumes, 'shows a ConfigMap, a Secret and what is known of the pod in one directory'),
  '[sig-storage] Projected configMap optional updates should be reflected in volume [NodeConformance] [Conformance]': follows,
  '[sig-storage] Projected configMap should be consumable from pods in volume [NodeConformance] [Conformance]': keys,
  '[sig-storage] Projected configMap should be consumable from pods in volume as non-root [NodeConformance] [Conformance]': forUsers,
  '[sig-storage] Projected configMap should be consumable from pods in volume with defaultMode set [LinuxOnly] [NodeConformance] [Conformance]':
    keys,
  '[sig-storage] Projected configMap should be consumable from pods in volume with mappings [NodeConformance] [Conformance]': keys,
  '[sig-storage] Projected configMap should be consumable from pods in volume with mappings and Item mode set [LinuxOnly] [NodeConformance] [Conformance]':
    keys,
  '[sig-storage] Projected configMap should be consumable from pods in volume with mappings as non-root [NodeConformance] [Conformance]':
    forUsers,
  '[sig-storage] Projected configMap should be consumable in multiple volumes in the same pod [NodeConformance] [Conformance]': keys,
  '[sig-storage] Projected configMap updates should be reflected in volume [NodeConformance] [Conformance]': follows,
  "[sig-storage] Projected downwardAPI should provide container's cpu limit [NodeConformance] [Conformance]": facts,
  "[sig-storage] Projected downwardAPI should provide container's cpu request [NodeConformance] [Conformance]": facts,
  "[sig-storage] Projected downwardAPI should provide container's memory limit [NodeConformance] [Conformance]": facts,
  "[sig-storage] Projected downwardAPI should provide container's memory request [NodeConformance] [Conformance]": facts,
  '[sig-storage] Projected downwardAPI should provide node allocatable (cpu) as default cpu limit if the limit is not set [NodeConformance] [Conformance]':
    ofNodes,
  '[sig-storage] Projected downwardAPI should provide node allocatable (memory) as default memory limit if the limit is not set [NodeConformance] [Conformance]':
    ofNodes,
  '[sig-storage] Projected downwardAPI should provide podname only [NodeConformance] [Conformance]': facts,
  '[sig-storage] Projected downwardAPI should set DefaultMode on files [LinuxOnly] [NodeConformance] [Conformance]': facts,
  '[sig-storage] Projected downwardAPI should set mode on item file [LinuxOnly] [NodeConformance] [Conformance]': facts,
  '[sig-storage] Projected downwardAPI should update annotations on modification [NodeConformance] [Conformance]': metadata,
  '[sig-storage] Projected downwardAPI should update labels on modification [NodeConformance] [Conformance]': metadata,
  '[sig-storage] Projected secret optional updates should be reflected in volume [NodeConformance] [Conformance]': follows,
  '[sig-storage] Projected secret should be consumable from pods in volume [NodeConformance] [Conformance]': keys,
  '[sig-storage] Projected secret should be consumable from pods in volume as non-root with defaultMode and fsGroup set [LinuxOnly] [NodeConformance] [Conformance]':
    forGroups,
  '[sig-storage] Projected secret should be consumable from pods in volume with defaultMode set [LinuxOnly] [NodeConformance] [Conformance]':
    keys,
  '[sig-storage] Projected secret should be consumable from pods in volume with mappings [NodeConformance] [Conformance]': keys,
  '[sig-storage] Projected secret should be consumable from pods in volume with mappings and Item Mode set [LinuxOnly] [NodeConformance] [Conformance]':
    keys,
  '[sig-storage] Projected secret should be consumable in multiple volumes in a pod [NodeConformance] [Conformance]': keys,
  '[sig-storage] Secrets optional updates should be reflected in volume [NodeConformance] [Conformance]': follows,
  '[sig-storage] Secrets should be able to mount in a volume regardless of a different secret existing with same name in different namespace [NodeConformance] [Conformance]':
    keys,
  '[sig-storage] Secrets should be consumable from pods in volume [NodeConformance] [Conformance]': keys,
  '[sig-storage] Secrets should be consumable from pods in volume as non-root with defaultMode and fsGroup set [LinuxOnly] [NodeConformance] [Conformance]':
    forGroups,
  '[sig-storage] Secrets should be consumable from pods in volume with defaultMode set [LinuxOnly] [NodeConformance] [Conformance]': keys,
  '[sig-storage] Secrets should be consumable from pods in volume with mappings [NodeConformance] [Conformance]': keys,
  '[sig-storage] Secrets should be consumable from pods in volume with mappings and Item Mode set [LinuxOnly] [NodeConformance] [Conformance]':
    keys,
  '[sig-storage] Secrets should be consumable in multiple volumes in a pod [NodeConformance] [Conformance]': keys,
  '[sig-storage] Secrets should be immutable if `immutable` field is set [Conformance]': immutable,
  '[sig-storage] Subpath Atomic writer volumes should support subpaths with configmap pod [Conformance]': parts,
  '[sig-storage] Subpath Atomic writer volumes should support subpaths with configmap pod with mountPath of existing file [Conformance]':
    parts,
  '[sig-storage] Subpath Atomic writer volumes should support subpaths with downward pod [Conformance]': parts,
  '[sig-storage] Subpath Atomic writer volumes should support subpaths with projected pod [Conformance]': parts,
  '[sig-storage] Subpath Atomic writer volumes should support subpaths with secret pod [Conformance]': parts,
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
