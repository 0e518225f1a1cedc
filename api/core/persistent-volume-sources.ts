import { ObjectReference, SecretReference } from './references.ts'
import { boolean, int32, list, map, message, optional, required, requiredPointer, string, type Static } from '../schema/schema.ts'

export const AzureFilePersistentVolumeSource = message(
  'io.k8s.api.core.v1.AzureFilePersistentVolumeSource',
  "A file share of Microsoft's cloud.",
  {
    secretName: required(1, string(), "Secret with the account's name and key."),
    shareName: required(2, string(), 'Name of the share.'),
    readOnly: optional(3, boolean(), 'When true it is mounted read-only.'),
    secretNamespace: optional(4, string({ presence: 'pointer' }), 'Namespace of the Secret; that of the claim by default.'),
  },
)
export type AzureFilePersistentVolumeSource = Static<typeof AzureFilePersistentVolumeSource>

export const CephFSPersistentVolumeSource = message('io.k8s.api.core.v1.CephFSPersistentVolumeSource', 'A Ceph file system.', {
  monitors: required(1, list(string()), 'Addresses of the monitors.'),
  path: optional(2, string(), 'Directory to mount; the root by default.'),
  user: optional(3, string(), 'User to log in as; admin by default.'),
  secretFile: optional(4, string(), 'File on the node with the key of the user.'),
  secretRef: optional(5, SecretReference, 'Secret with the key of the user.'),
  readOnly: optional(6, boolean(), 'When true it is mounted read-only.'),
})
export type CephFSPersistentVolumeSource = Static<typeof CephFSPersistentVolumeSource>

export const CinderPersistentVolumeSource = message('io.k8s.api.core.v1.CinderPersistentVolumeSource', 'A disk of OpenStack.', {
  volumeID: required(1, string(), 'ID of the disk.'),
  fsType: optional(2, string(), 'File system of the disk; ext4 by default.'),
  readOnly: optional(3, boolean(), 'When true it is mounted read-only.'),
  secretRef: optional(4, SecretReference, 'Secret with what is needed to log in.'),
})
export type CinderPersistentVolumeSource = Static<typeof CinderPersistentVolumeSource>

export const FlexPersistentVolumeSource = message('io.k8s.api.core.v1.FlexPersistentVolumeSource', 'A volume of a FlexVolume driver.', {
  driver: required(1, string(), 'Name of the driver.'),
  fsType: optional(2, string(), 'File system of the volume; the driver has a default.'),
  secretRef: optional(3, SecretReference, 'Secret that is handed to the driver.'),
  readOnly: optional(4, boolean(), 'When true it is mounted read-only.'),
  options: optional(5, map(string()), 'Further options for the driver.'),
})
export type FlexPersistentVolumeSource = Static<typeof FlexPersistentVolumeSource>

export const GlusterfsPersistentVolumeSource = message('io.k8s.api.core.v1.GlusterfsPersistentVolumeSource', 'A GlusterFS volume.', {
  endpoints: required(1, string(), 'Endpoints with the addresses of the servers.'),
  path: required(2, string(), 'Name of the volume.'),
  readOnly: optional(3, boolean(), 'When true it is mounted read-only.'),
  endpointsNamespace: optional(4, string({ presence: 'pointer' }), 'Namespace of the endpoints; that of the claim by default.'),
})
export type GlusterfsPersistentVolumeSource = Static<typeof GlusterfsPersistentVolumeSource>

export const ISCSIPersistentVolumeSource = message('io.k8s.api.core.v1.ISCSIPersistentVolumeSource', 'An iSCSI disk.', {
  targetPortal: required(1, string(), 'Address and port of the target.'),
  iqn: required(2, string(), 'Name of the target.'),
  lun: required(3, int32(), 'Number of the disk at the target.'),
  iscsiInterface: optional(4, string({ default: 'default' }), 'Interface to use; default is TCP.'),
  fsType: optional(5, string(), 'File system of the disk; ext4 by default.'),
  readOnly: optional(6, boolean(), 'When true it is mounted read-only.'),
  portals: optional(7, list(string()), 'Further addresses of the target.'),
  chapAuthDiscovery: optional(8, boolean(), 'When true discovery needs a password.'),
  secretRef: optional(10, SecretReference, 'Secret with the passwords.'),
  chapAuthSession: optional(11, boolean(), 'When true the session needs a password.'),
  initiatorName: optional(12, string({ presence: 'pointer' }), 'Name that the node calls itself.'),
})
export type ISCSIPersistentVolumeSource = Static<typeof ISCSIPersistentVolumeSource>

export const LocalVolumeSource = message('io.k8s.api.core.v1.LocalVolumeSource', 'A directory or disk of one node.', {
  path: required(1, string(), 'Where it is on the node.'),
  fsType: optional(2, string({ presence: 'pointer' }), 'File system of a disk; found out by default.'),
})
export type LocalVolumeSource = Static<typeof LocalVolumeSource>

export const RBDPersistentVolumeSource = message('io.k8s.api.core.v1.RBDPersistentVolumeSource', 'A Ceph block device.', {
  monitors: required(1, list(string()), 'Addresses of the monitors.'),
  image: required(2, string(), 'Name of the image.'),
  fsType: optional(3, string(), 'File system of the image; ext4 by default.'),
  pool: optional(4, string({ default: 'rbd' }), 'Pool of the image.'),
  user: optional(5, string({ default: 'admin' }), 'User to log in as.'),
  keyring: optional(6, string({ default: '/etc/ceph/keyring' }), 'File on the node with the keys of users.'),
  secretRef: optional(7, SecretReference, 'Secret with the key of the user.'),
  readOnly: optional(8, boolean(), 'When true it is mounted read-only.'),
})
export type RBDPersistentVolumeSource = Static<typeof RBDPersistentVolumeSource>

export const ScaleIOPersistentVolumeSource = message('io.k8s.api.core.v1.ScaleIOPersistentVolumeSource', 'A ScaleIO volume.', {
  gateway: required(1, string(), 'Address of the gateway.'),
  system: required(2, string(), 'Name of the storage system.'),
  secretRef: requiredPointer(3, SecretReference, 'Secret with name and password.'),
  sslEnabled: optional(4, boolean(), 'When true the gateway is spoken to over TLS.'),
  protectionDomain: optional(5, string(), 'Protection domain of the volume.'),
  storagePool: optional(6, string(), 'Storage pool of the volume.'),
  storageMode: optional(7, string({ default: 'ThinProvisioned' }), 'ThickProvisioned or ThinProvisioned.'),
  volumeName: optional(8, string(), 'Name of the volume.'),
  fsType: optional(9, string({ default: 'xfs' }), 'File system of the volume.'),
  readOnly: optional(10, boolean(), 'When true it is mounted read-only.'),
})
export type ScaleIOPersistentVolumeSource = Static<typeof ScaleIOPersistentVolumeSource>

export const StorageOSPersistentVolumeSource = message('io.k8s.api.core.v1.StorageOSPersistentVolumeSource', 'A StorageOS volume.', {
  volumeName: optional(1, string(), 'Name of the volume.'),
  volumeNamespace: optional(2, string(), 'Namespace of the volume in StorageOS.'),
  fsType: optional(3, string(), 'File system of the volume; ext4 by default.'),
  readOnly: optional(4, boolean(), 'When true it is mounted read-only.'),
  secretRef: optional(5, ObjectReference, 'Secret with what is needed to log in.'),
})
export type StorageOSPersistentVolumeSource = Static<typeof StorageOSPersistentVolumeSource>

export const CSIPersistentVolumeSource = message('io.k8s.api.core.v1.CSIPersistentVolumeSource', 'A volume of a storage driver.', {
  driver: required(1, string(), 'Name of the driver.'),
  volumeHandle: required(2, string(), 'What the driver calls the volume.'),
  readOnly: optional(3, boolean(), 'When true it is mounted read-only.'),
  fsType: optional(4, string(), 'File system of the volume.'),
  volumeAttributes: optional(5, map(string()), 'What the driver wants to know about the volume.'),
  controllerPublishSecretRef: optional(6, SecretReference, 'Secret for attaching the volume to a node.'),
  nodeStageSecretRef: optional(7, SecretReference, 'Secret for preparing the volume on a node.'),
  nodePublishSecretRef: optional(8, SecretReference, 'Secret for mounting the volume into a pod.'),
  controllerExpandSecretRef: optional(9, SecretReference, 'Secret for making the volume larger.'),
  nodeExpandSecretRef: optional(10, SecretReference, 'Secret for making the file system larger on a node.'),
})
export type CSIPersistentVolumeSource = Static<typeof CSIPersistentVolumeSource>
