import { NodeSelector } from './affinity.ts'
import {
  AWSElasticBlockStoreVolumeSource,
  AzureDiskVolumeSource,
  FCVolumeSource,
  FlockerVolumeSource,
  GCEPersistentDiskVolumeSource,
  NFSVolumeSource,
  PhotonPersistentDiskVolumeSource,
  PortworxVolumeSource,
  QuobyteVolumeSource,
  VsphereVirtualDiskVolumeSource,
} from './cloud-volumes.ts'
import {
  AzureFilePersistentVolumeSource,
  CephFSPersistentVolumeSource,
  CinderPersistentVolumeSource,
  CSIPersistentVolumeSource,
  FlexPersistentVolumeSource,
  GlusterfsPersistentVolumeSource,
  ISCSIPersistentVolumeSource,
  LocalVolumeSource,
  RBDPersistentVolumeSource,
  ScaleIOPersistentVolumeSource,
  StorageOSPersistentVolumeSource,
} from './persistent-volume-sources.ts'
import { ObjectReference } from './references.ts'
import { HostPathVolumeSource } from './volume.ts'
import { list, map, message, oneOf, optional, quantity, string, type Static } from '../schema/schema.ts'

export const VolumeNodeAffinity = message('io.k8s.api.core.v1.VolumeNodeAffinity', 'From which nodes a volume can be reached.', {
  required: optional(1, NodeSelector, 'What a node must fulfil.'),
})
export type VolumeNodeAffinity = Static<typeof VolumeNodeAffinity>

export const PersistentVolumeSpec = message('io.k8s.api.core.v1.PersistentVolumeSpec', 'What the storage is, and who has it.', {
  awsElasticBlockStore: optional(0, AWSElasticBlockStoreVolumeSource, "A disk of Amazon's cloud; needs a driver."),
  azureDisk: optional(0, AzureDiskVolumeSource, "A disk of Microsoft's cloud; needs a driver."),
  azureFile: optional(0, AzureFilePersistentVolumeSource, "A file share of Microsoft's cloud; needs a driver."),
  cephfs: optional(0, CephFSPersistentVolumeSource, 'A Ceph file system; no longer works.'),
  cinder: optional(0, CinderPersistentVolumeSource, 'A disk of OpenStack; needs a driver.'),
  csi: optional(0, CSIPersistentVolumeSource, 'A volume of a storage driver.'),
  fc: optional(0, FCVolumeSource, 'A Fibre Channel disk.'),
  flexVolume: optional(0, FlexPersistentVolumeSource, 'A volume of a FlexVolume driver; outdated.'),
  flocker: optional(0, FlockerVolumeSource, 'A Flocker volume; no longer works.'),
  gcePersistentDisk: optional(0, GCEPersistentDiskVolumeSource, "A disk of Google's cloud; needs a driver."),
  glusterfs: optional(0, GlusterfsPersistentVolumeSource, 'A GlusterFS volume; no longer works.'),
  hostPath: optional(0, HostPathVolumeSource, 'A file or directory of the node; for trying things out on one node.'),
  iscsi: optional(0, ISCSIPersistentVolumeSource, 'An iSCSI disk.'),
  local: optional(0, LocalVolumeSource, 'A directory or disk of one node.'),
  nfs: optional(0, NFSVolumeSource, 'A directory of an NFS server.'),
  photonPersistentDisk: optional(0, PhotonPersistentDiskVolumeSource, 'A Photon disk; no longer works.'),
  portworxVolume: optional(0, PortworxVolumeSource, 'A Portworx volume; needs a driver.'),
  quobyte: optional(0, QuobyteVolumeSource, 'A Quobyte volume; no longer works.'),
  rbd: optional(0, RBDPersistentVolumeSource, 'A Ceph block device; no longer works.'),
  scaleIO: optional(0, ScaleIOPersistentVolumeSource, 'A ScaleIO volume; no longer works.'),
  storageos: optional(0, StorageOSPersistentVolumeSource, 'A StorageOS volume; no longer works.'),
  vsphereVolume: optional(0, VsphereVirtualDiskVolumeSource, 'A disk of vSphere; needs a driver.'),
  capacity: optional(1, map(quantity()), 'How large it is.'),
  accessModes: optional(3, list(string()), 'How it can be mounted: ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod.'),
  claimRef: optional(4, { ...ObjectReference, 'x-kubernetes-map-type': 'granular' }, 'The claim that has it.'),
  persistentVolumeReclaimPolicy: optional(
    5,
    oneOf(['Delete', 'Recycle', 'Retain'], { default: 'Retain' }),
    'What happens when its claim is gone: Retain keeps it, Delete deletes it, Recycle empties it.',
  ),
  storageClassName: optional(6, string(), 'The class that it belongs to; empty for none.'),
  mountOptions: optional(7, list(string()), 'Options for mounting it.'),
  volumeMode: optional(8, oneOf(['Block', 'Filesystem'], { default: 'Filesystem', presence: 'pointer' }), 'Filesystem or Block.'),
  nodeAffinity: optional(9, VolumeNodeAffinity, 'From which nodes it can be reached.'),
  volumeAttributesClassName: optional(10, string({ presence: 'pointer' }), 'Class of its changeable attributes.'),
})
export type PersistentVolumeSpec = Static<typeof PersistentVolumeSpec>
