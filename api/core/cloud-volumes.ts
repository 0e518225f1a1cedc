import { LocalObjectReference } from './references.ts'
import { boolean, int32, list, map, message, oneOf, optional, required, string, type Static } from '../schema/schema.ts'

export const AWSElasticBlockStoreVolumeSource = message(
  'io.k8s.api.core.v1.AWSElasticBlockStoreVolumeSource',
  "A disk of Amazon's cloud.",
  {
    volumeID: required(1, string(), 'Id of the disk.'),
    fsType: optional(2, string(), 'File system of the volume, such as `ext4`; the driver chooses when it is not given.'),
    partition: optional(3, int32(), 'Number of the partition to mount; 0 or absent for the whole disk.'),
    readOnly: optional(4, boolean(), 'Mounts without permission to write. Default false.'),
  },
)
export type AWSElasticBlockStoreVolumeSource = Static<typeof AWSElasticBlockStoreVolumeSource>

export const AzureDiskVolumeSource = message('io.k8s.api.core.v1.AzureDiskVolumeSource', "A disk of Microsoft's cloud.", {
  kind: optional(
    6,
    oneOf(['Dedicated', 'Managed', 'Shared'], { default: 'Shared', presence: 'pointer' }),
    '`Shared` (default), `Dedicated` or `Managed`.',
  ),
  diskName: required(1, string(), 'Name of the disk.'),
  diskURI: required(2, string(), 'Address of the disk.'),
  cachingMode: optional(
    3,
    oneOf(['None', 'ReadOnly', 'ReadWrite'], { default: 'ReadWrite', presence: 'pointer' }),
    '`None`, `ReadOnly` or `ReadWrite` (default).',
  ),
  fsType: optional(4, string({ default: 'ext4', presence: 'pointer' }), 'File system of the volume. Default ext4.'),
  readOnly: optional(5, boolean({ default: false, presence: 'pointer' }), 'Mounts without permission to write. Default false.'),
})
export type AzureDiskVolumeSource = Static<typeof AzureDiskVolumeSource>

export const AzureFileVolumeSource = message('io.k8s.api.core.v1.AzureFileVolumeSource', "A file share of Microsoft's cloud.", {
  secretName: required(1, string(), "Secret with the account's name and key."),
  shareName: required(2, string(), 'Name of the share.'),
  readOnly: optional(3, boolean(), 'Mounts without permission to write. Default false.'),
})
export type AzureFileVolumeSource = Static<typeof AzureFileVolumeSource>

export const CephFSVolumeSource = message('io.k8s.api.core.v1.CephFSVolumeSource', 'A Ceph file system.', {
  monitors: required(1, list(string()), 'Addresses of the monitors.'),
  path: optional(2, string(), 'Directory to mount. Default `/`.'),
  user: optional(3, string(), 'User to connect as. Default admin.'),
  secretFile: optional(4, string(), "File on the node with the user's key."),
  secretRef: optional(5, LocalObjectReference, "Secret in the pod's namespace with the credentials."),
  readOnly: optional(6, boolean(), 'Mounts without permission to write. Default false.'),
})
export type CephFSVolumeSource = Static<typeof CephFSVolumeSource>

export const CinderVolumeSource = message('io.k8s.api.core.v1.CinderVolumeSource', 'A disk of OpenStack.', {
  volumeID: required(1, string(), 'Id of the disk.'),
  fsType: optional(2, string(), 'File system of the volume, such as `ext4`; the driver chooses when it is not given.'),
  readOnly: optional(3, boolean(), 'Mounts without permission to write. Default false.'),
  secretRef: optional(4, LocalObjectReference, "Secret in the pod's namespace with the credentials."),
})
export type CinderVolumeSource = Static<typeof CinderVolumeSource>

export const FCVolumeSource = message('io.k8s.api.core.v1.FCVolumeSource', 'A Fibre Channel disk.', {
  targetWWNs: optional(1, list(string()), 'World-wide names of the targets.'),
  lun: optional(2, int32({ presence: 'pointer' }), 'Number of the unit on the targets.'),
  fsType: optional(3, string(), 'File system of the volume, such as `ext4`; the driver chooses when it is not given.'),
  readOnly: optional(4, boolean(), 'Mounts without permission to write. Default false.'),
  wwids: optional(5, list(string()), 'World-wide ids of the disk, instead of targets and number.'),
})
export type FCVolumeSource = Static<typeof FCVolumeSource>

export const FlexVolumeSource = message('io.k8s.api.core.v1.FlexVolumeSource', 'A volume of a FlexVolume driver.', {
  driver: required(1, string(), 'Name of the driver.'),
  fsType: optional(2, string(), 'File system of the volume, such as `ext4`; the driver chooses when it is not given.'),
  secretRef: optional(3, LocalObjectReference, "Secret in the pod's namespace with the credentials."),
  readOnly: optional(4, boolean(), 'Mounts without permission to write. Default false.'),
  options: optional(5, map(string()), 'Further options for the driver.'),
})
export type FlexVolumeSource = Static<typeof FlexVolumeSource>

export const FlockerVolumeSource = message('io.k8s.api.core.v1.FlockerVolumeSource', 'A Flocker volume.', {
  datasetName: optional(1, string(), 'Name of the data set.'),
  datasetUUID: optional(2, string(), 'Id of the data set.'),
})
export type FlockerVolumeSource = Static<typeof FlockerVolumeSource>

export const GCEPersistentDiskVolumeSource = message('io.k8s.api.core.v1.GCEPersistentDiskVolumeSource', "A disk of Google's cloud.", {
  pdName: required(1, string(), 'Name of the disk.'),
  fsType: optional(2, string(), 'File system of the volume, such as `ext4`; the driver chooses when it is not given.'),
  partition: optional(3, int32(), 'Number of the partition to mount; 0 or absent for the whole disk.'),
  readOnly: optional(4, boolean(), 'Mounts without permission to write. Default false.'),
})
export type GCEPersistentDiskVolumeSource = Static<typeof GCEPersistentDiskVolumeSource>

export const GitRepoVolumeSource = message('io.k8s.api.core.v1.GitRepoVolumeSource', 'A Git repository, cloned at start.', {
  repository: required(1, string(), 'Address of the repository.'),
  revision: optional(2, string(), 'Commit to check out.'),
  directory: optional(3, string(), 'Directory to clone into; `.` for the volume itself.'),
})
export type GitRepoVolumeSource = Static<typeof GitRepoVolumeSource>

export const GlusterfsVolumeSource = message('io.k8s.api.core.v1.GlusterfsVolumeSource', 'A GlusterFS volume.', {
  endpoints: required(1, string(), 'Endpoints object that lists the servers.'),
  path: required(2, string(), 'Name of the volume.'),
  readOnly: optional(3, boolean(), 'Mounts without permission to write. Default false.'),
})
export type GlusterfsVolumeSource = Static<typeof GlusterfsVolumeSource>

export const ISCSIVolumeSource = message('io.k8s.api.core.v1.ISCSIVolumeSource', 'An iSCSI disk.', {
  targetPortal: required(1, string(), 'Address of the target, with its port unless that is 3260.'),
  iqn: required(2, string(), 'Qualified name of the target.'),
  lun: required(3, int32(), 'Number of the unit on the target.'),
  iscsiInterface: optional(4, string({ default: 'default' }), 'Interface to use. Default `default` (TCP).'),
  fsType: optional(5, string(), 'File system of the volume, such as `ext4`; the driver chooses when it is not given.'),
  readOnly: optional(6, boolean(), 'Mounts without permission to write. Default false.'),
  portals: optional(7, list(string()), 'Further addresses of the target.'),
  chapAuthDiscovery: optional(8, boolean(), 'Uses CHAP while discovering targets.'),
  secretRef: optional(10, LocalObjectReference, "Secret in the pod's namespace with the credentials."),
  chapAuthSession: optional(11, boolean(), 'Uses CHAP for the session.'),
  initiatorName: optional(12, string({ presence: 'pointer' }), 'Name to connect under.'),
})
export type ISCSIVolumeSource = Static<typeof ISCSIVolumeSource>

export const NFSVolumeSource = message('io.k8s.api.core.v1.NFSVolumeSource', 'A directory of an NFS server.', {
  server: required(1, string(), 'Name or address of the server.'),
  path: required(2, string(), 'Directory that the server exports.'),
  readOnly: optional(3, boolean(), 'Mounts without permission to write. Default false.'),
})
export type NFSVolumeSource = Static<typeof NFSVolumeSource>

export const PhotonPersistentDiskVolumeSource = message('io.k8s.api.core.v1.PhotonPersistentDiskVolumeSource', 'A Photon disk.', {
  pdID: required(1, string(), 'Id of the disk.'),
  fsType: optional(2, string(), 'File system of the volume, such as `ext4`; the driver chooses when it is not given.'),
})
export type PhotonPersistentDiskVolumeSource = Static<typeof PhotonPersistentDiskVolumeSource>

export const PortworxVolumeSource = message('io.k8s.api.core.v1.PortworxVolumeSource', 'A Portworx volume.', {
  volumeID: required(1, string(), 'Id of the volume.'),
  fsType: optional(2, string(), 'File system of the volume, such as `ext4`; the driver chooses when it is not given.'),
  readOnly: optional(3, boolean(), 'Mounts without permission to write. Default false.'),
})
export type PortworxVolumeSource = Static<typeof PortworxVolumeSource>

export const QuobyteVolumeSource = message('io.k8s.api.core.v1.QuobyteVolumeSource', 'A Quobyte volume.', {
  registry: required(1, string(), 'Addresses of the registry, host:port, separated by commas.'),
  volume: required(2, string(), 'Name of the volume.'),
  readOnly: optional(3, boolean(), 'Mounts without permission to write. Default false.'),
  user: optional(4, string(), 'User to mount as.'),
  group: optional(5, string(), 'Group to mount as.'),
  tenant: optional(6, string(), 'Tenant that owns the volume.'),
})
export type QuobyteVolumeSource = Static<typeof QuobyteVolumeSource>

export const RBDVolumeSource = message('io.k8s.api.core.v1.RBDVolumeSource', 'A Ceph block device.', {
  monitors: required(1, list(string()), 'Addresses of the monitors.'),
  image: required(2, string(), 'Name of the device.'),
  fsType: optional(3, string(), 'File system of the volume, such as `ext4`; the driver chooses when it is not given.'),
  pool: optional(4, string({ default: 'rbd' }), 'Pool of the device. Default rbd.'),
  user: optional(5, string({ default: 'admin' }), 'User to connect as. Default admin.'),
  keyring: optional(6, string({ default: '/etc/ceph/keyring' }), 'Key ring file on the node. Default /etc/ceph/keyring.'),
  secretRef: optional(7, LocalObjectReference, "Secret in the pod's namespace with the credentials."),
  readOnly: optional(8, boolean(), 'Mounts without permission to write. Default false.'),
})
export type RBDVolumeSource = Static<typeof RBDVolumeSource>

export const ScaleIOVolumeSource = message('io.k8s.api.core.v1.ScaleIOVolumeSource', 'A ScaleIO volume.', {
  gateway: required(1, string(), 'Address of the gateway.'),
  system: required(2, string(), 'Name of the storage system.'),
  secretRef: required(3, LocalObjectReference, "Secret in the pod's namespace with the credentials."),
  sslEnabled: optional(4, boolean(), 'Talks to the gateway over TLS. Default false.'),
  protectionDomain: optional(5, string(), 'Protection domain of the volume.'),
  storagePool: optional(6, string(), 'Pool of the volume.'),
  storageMode: optional(7, string({ default: 'ThinProvisioned' }), '`ThickProvisioned` or `ThinProvisioned` (default).'),
  volumeName: optional(8, string(), 'Name of the volume.'),
  fsType: optional(9, string({ default: 'xfs' }), 'File system of the volume. Default xfs.'),
  readOnly: optional(10, boolean(), 'Mounts without permission to write. Default false.'),
})
export type ScaleIOVolumeSource = Static<typeof ScaleIOVolumeSource>

export const StorageOSVolumeSource = message('io.k8s.api.core.v1.StorageOSVolumeSource', 'A StorageOS volume.', {
  volumeName: optional(1, string(), 'Name of the volume.'),
  volumeNamespace: optional(2, string(), "Namespace of the volume. Default: the pod's."),
  fsType: optional(3, string(), 'File system of the volume, such as `ext4`; the driver chooses when it is not given.'),
  readOnly: optional(4, boolean(), 'Mounts without permission to write. Default false.'),
  secretRef: optional(5, LocalObjectReference, "Secret in the pod's namespace with the credentials."),
})
export type StorageOSVolumeSource = Static<typeof StorageOSVolumeSource>

export const VsphereVirtualDiskVolumeSource = message('io.k8s.api.core.v1.VsphereVirtualDiskVolumeSource', 'A disk of vSphere.', {
  volumePath: required(1, string(), 'Path of the disk file.'),
  fsType: optional(2, string(), 'File system of the volume, such as `ext4`; the driver chooses when it is not given.'),
  storagePolicyName: optional(3, string(), 'Name of the storage policy.'),
  storagePolicyID: optional(4, string(), 'Id of the storage policy.'),
})
export type VsphereVirtualDiskVolumeSource = Static<typeof VsphereVirtualDiskVolumeSource>

export const CSIVolumeSource = message('io.k8s.api.core.v1.CSIVolumeSource', 'A volume of a storage driver, made for the pod.', {
  driver: required(1, string(), 'Name of the driver.'),
  readOnly: optional(2, boolean({ presence: 'pointer' }), 'Mounts without permission to write. Default false.'),
  fsType: optional(
    3,
    string({ presence: 'pointer' }),
    'File system of the volume, such as `ext4`; the driver chooses when it is not given.',
  ),
  volumeAttributes: optional(4, map(string()), 'Properties that the driver understands.'),
  nodePublishSecretRef: optional(5, LocalObjectReference, 'Secret that the driver gets when it mounts the volume.'),
})
export type CSIVolumeSource = Static<typeof CSIVolumeSource>
