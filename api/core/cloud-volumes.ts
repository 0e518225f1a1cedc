import { LocalObjectReference } from './references.ts'
import { boolean, int32, list, map, message, oneOf, optional, required, string, type Static } from '../schema/schema.ts'

export const AWSElasticBlockStoreVolumeSource = message('io.k8s.api.core.v1.AWSElasticBlockStoreVolumeSource', '', {
  volumeID: required(1, string(), ''),
  fsType: optional(2, string(), ''),
  partition: optional(3, int32(), ''),
  readOnly: optional(4, boolean(), ''),
})
export type AWSElasticBlockStoreVolumeSource = Static<typeof AWSElasticBlockStoreVolumeSource>

export const AzureDiskVolumeSource = message('io.k8s.api.core.v1.AzureDiskVolumeSource', '', {
  kind: optional(6, oneOf(['Dedicated', 'Managed', 'Shared'], { default: 'Shared', presence: 'pointer' }), ''),
  diskName: required(1, string(), ''),
  diskURI: required(2, string(), ''),
  cachingMode: optional(3, oneOf(['None', 'ReadOnly', 'ReadWrite'], { default: 'ReadWrite', presence: 'pointer' }), ''),
  fsType: optional(4, string({ default: 'ext4', presence: 'pointer' }), ''),
  readOnly: optional(5, boolean({ default: false, presence: 'pointer' }), ''),
})
export type AzureDiskVolumeSource = Static<typeof AzureDiskVolumeSource>

export const AzureFileVolumeSource = message('io.k8s.api.core.v1.AzureFileVolumeSource', '', {
  secretName: required(1, string(), ''),
  shareName: required(2, string(), ''),
  readOnly: optional(3, boolean(), ''),
})
export type AzureFileVolumeSource = Static<typeof AzureFileVolumeSource>

export const CephFSVolumeSource = message('io.k8s.api.core.v1.CephFSVolumeSource', '', {
  monitors: required(1, list(string()), ''),
  path: optional(2, string(), ''),
  user: optional(3, string(), ''),
  secretFile: optional(4, string(), ''),
  secretRef: optional(5, LocalObjectReference, ''),
  readOnly: optional(6, boolean(), ''),
})
export type CephFSVolumeSource = Static<typeof CephFSVolumeSource>

export const CinderVolumeSource = message('io.k8s.api.core.v1.CinderVolumeSource', '', {
  volumeID: required(1, string(), ''),
  fsType: optional(2, string(), ''),
  readOnly: optional(3, boolean(), ''),
  secretRef: optional(4, LocalObjectReference, ''),
})
export type CinderVolumeSource = Static<typeof CinderVolumeSource>

export const FCVolumeSource = message('io.k8s.api.core.v1.FCVolumeSource', '', {
  targetWWNs: optional(1, list(string()), ''),
  lun: optional(2, int32({ presence: 'pointer' }), ''),
  fsType: optional(3, string(), ''),
  readOnly: optional(4, boolean(), ''),
  wwids: optional(5, list(string()), ''),
})
export type FCVolumeSource = Static<typeof FCVolumeSource>

export const FlexVolumeSource = message('io.k8s.api.core.v1.FlexVolumeSource', '', {
  driver: required(1, string(), ''),
  fsType: optional(2, string(), ''),
  secretRef: optional(3, LocalObjectReference, ''),
  readOnly: optional(4, boolean(), ''),
  options: optional(5, map(string()), ''),
})
export type FlexVolumeSource = Static<typeof FlexVolumeSource>

export const FlockerVolumeSource = message('io.k8s.api.core.v1.FlockerVolumeSource', '', {
  datasetName: optional(1, string(), ''),
  datasetUUID: optional(2, string(), ''),
})
export type FlockerVolumeSource = Static<typeof FlockerVolumeSource>

export const GCEPersistentDiskVolumeSource = message('io.k8s.api.core.v1.GCEPersistentDiskVolumeSource', '', {
  pdName: required(1, string(), ''),
  fsType: optional(2, string(), ''),
  partition: optional(3, int32(), ''),
  readOnly: optional(4, boolean(), ''),
})
export type GCEPersistentDiskVolumeSource = Static<typeof GCEPersistentDiskVolumeSource>

export const GitRepoVolumeSource = message('io.k8s.api.core.v1.GitRepoVolumeSource', '', {
  repository: required(1, string(), ''),
  revision: optional(2, string(), ''),
  directory: optional(3, string(), ''),
})
export type GitRepoVolumeSource = Static<typeof GitRepoVolumeSource>

export const GlusterfsVolumeSource = message('io.k8s.api.core.v1.GlusterfsVolumeSource', '', {
  endpoints: required(1, string(), ''),
  path: required(2, string(), ''),
  readOnly: optional(3, boolean(), ''),
})
export type GlusterfsVolumeSource = Static<typeof GlusterfsVolumeSource>

export const ISCSIVolumeSource = message('io.k8s.api.core.v1.ISCSIVolumeSource', '', {
  targetPortal: required(1, string(), ''),
  iqn: required(2, string(), ''),
  lun: required(3, int32(), ''),
  iscsiInterface: optional(4, string({ default: 'default' }), ''),
  fsType: optional(5, string(), ''),
  readOnly: optional(6, boolean(), ''),
  portals: optional(7, list(string()), ''),
  chapAuthDiscovery: optional(8, boolean(), ''),
  secretRef: optional(10, LocalObjectReference, ''),
  chapAuthSession: optional(11, boolean(), ''),
  initiatorName: optional(12, string({ presence: 'pointer' }), ''),
})
export type ISCSIVolumeSource = Static<typeof ISCSIVolumeSource>

export const NFSVolumeSource = message('io.k8s.api.core.v1.NFSVolumeSource', '', {
  server: required(1, string(), ''),
  path: required(2, string(), ''),
  readOnly: optional(3, boolean(), ''),
})
export type NFSVolumeSource = Static<typeof NFSVolumeSource>

export const PhotonPersistentDiskVolumeSource = message('io.k8s.api.core.v1.PhotonPersistentDiskVolumeSource', '', {
  pdID: required(1, string(), ''),
  fsType: optional(2, string(), ''),
})
export type PhotonPersistentDiskVolumeSource = Static<typeof PhotonPersistentDiskVolumeSource>

export const PortworxVolumeSource = message('io.k8s.api.core.v1.PortworxVolumeSource', '', {
  volumeID: required(1, string(), ''),
  fsType: optional(2, string(), ''),
  readOnly: optional(3, boolean(), ''),
})
export type PortworxVolumeSource = Static<typeof PortworxVolumeSource>

export const QuobyteVolumeSource = message('io.k8s.api.core.v1.QuobyteVolumeSource', '', {
  registry: required(1, string(), ''),
  volume: required(2, string(), ''),
  readOnly: optional(3, boolean(), ''),
  user: optional(4, string(), ''),
  group: optional(5, string(), ''),
  tenant: optional(6, string(), ''),
})
export type QuobyteVolumeSource = Static<typeof QuobyteVolumeSource>

export const RBDVolumeSource = message('io.k8s.api.core.v1.RBDVolumeSource', '', {
  monitors: required(1, list(string()), ''),
  image: required(2, string(), ''),
  fsType: optional(3, string(), ''),
  pool: optional(4, string({ default: 'rbd' }), ''),
  user: optional(5, string({ default: 'admin' }), ''),
  keyring: optional(6, string({ default: '/etc/ceph/keyring' }), ''),
  secretRef: optional(7, LocalObjectReference, ''),
  readOnly: optional(8, boolean(), ''),
})
export type RBDVolumeSource = Static<typeof RBDVolumeSource>

export const ScaleIOVolumeSource = message('io.k8s.api.core.v1.ScaleIOVolumeSource', '', {
  gateway: required(1, string(), ''),
  system: required(2, string(), ''),
  secretRef: required(3, LocalObjectReference, ''),
  sslEnabled: optional(4, boolean(), ''),
  protectionDomain: optional(5, string(), ''),
  storagePool: optional(6, string(), ''),
  storageMode: optional(7, string({ default: 'ThinProvisioned' }), ''),
  volumeName: optional(8, string(), ''),
  fsType: optional(9, string({ default: 'xfs' }), ''),
  readOnly: optional(10, boolean(), ''),
})
export type ScaleIOVolumeSource = Static<typeof ScaleIOVolumeSource>

export const StorageOSVolumeSource = message('io.k8s.api.core.v1.StorageOSVolumeSource', '', {
  volumeName: optional(1, string(), ''),
  volumeNamespace: optional(2, string(), ''),
  fsType: optional(3, string(), ''),
  readOnly: optional(4, boolean(), ''),
  secretRef: optional(5, LocalObjectReference, ''),
})
export type StorageOSVolumeSource = Static<typeof StorageOSVolumeSource>

export const VsphereVirtualDiskVolumeSource = message('io.k8s.api.core.v1.VsphereVirtualDiskVolumeSource', '', {
  volumePath: required(1, string(), ''),
  fsType: optional(2, string(), ''),
  storagePolicyName: optional(3, string(), ''),
  storagePolicyID: optional(4, string(), ''),
})
export type VsphereVirtualDiskVolumeSource = Static<typeof VsphereVirtualDiskVolumeSource>

export const CSIVolumeSource = message('io.k8s.api.core.v1.CSIVolumeSource', '', {
  driver: required(1, string(), ''),
  readOnly: optional(2, boolean({ presence: 'pointer' }), ''),
  fsType: optional(3, string({ presence: 'pointer' }), ''),
  volumeAttributes: optional(4, map(string()), ''),
  nodePublishSecretRef: optional(5, LocalObjectReference, ''),
})
export type CSIVolumeSource = Static<typeof CSIVolumeSource>
