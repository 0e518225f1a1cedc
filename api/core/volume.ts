import {
  AWSElasticBlockStoreVolumeSource,
  AzureDiskVolumeSource,
  AzureFileVolumeSource,
  CSIVolumeSource,
  CephFSVolumeSource,
  CinderVolumeSource,
  FCVolumeSource,
  FlexVolumeSource,
  FlockerVolumeSource,
  GCEPersistentDiskVolumeSource,
  GitRepoVolumeSource,
  GlusterfsVolumeSource,
  ISCSIVolumeSource,
  NFSVolumeSource,
  PhotonPersistentDiskVolumeSource,
  PortworxVolumeSource,
  QuobyteVolumeSource,
  RBDVolumeSource,
  ScaleIOVolumeSource,
  StorageOSVolumeSource,
  VsphereVirtualDiskVolumeSource,
} from './cloud-volumes.ts'
import { ObjectFieldSelector, ResourceFieldSelector } from './environment.ts'
import { TypedLocalObjectReference, TypedObjectReference } from './references.ts'
import { LabelSelector, ObjectMeta } from '../meta.ts'
import {
  boolean,
  embedded,
  int32,
  int64,
  list,
  map,
  message,
  oneOf,
  optional,
  quantity,
  required,
  string,
  type Static,
} from '../schema/schema.ts'

export const KeyToPath = message('io.k8s.api.core.v1.KeyToPath', '', {
  key: required(1, string(), ''),
  path: required(2, string(), ''),
  mode: optional(3, int32({ presence: 'pointer' }), ''),
})
export type KeyToPath = Static<typeof KeyToPath>

export const ConfigMapVolumeSource = message('io.k8s.api.core.v1.ConfigMapVolumeSource', '', {
  name: optional(0, string(), ''),
  items: optional(2, list(KeyToPath), ''),
  defaultMode: optional(3, int32({ default: 0o644, presence: 'pointer' }), ''),
  optional: optional(4, boolean({ presence: 'pointer' }), ''),
})
export type ConfigMapVolumeSource = Static<typeof ConfigMapVolumeSource>

export const SecretVolumeSource = message('io.k8s.api.core.v1.SecretVolumeSource', '', {
  secretName: optional(1, string(), ''),
  items: optional(2, list(KeyToPath), ''),
  defaultMode: optional(3, int32({ default: 0o644, presence: 'pointer' }), ''),
  optional: optional(4, boolean({ presence: 'pointer' }), ''),
})
export type SecretVolumeSource = Static<typeof SecretVolumeSource>

export const DownwardAPIVolumeFile = message('io.k8s.api.core.v1.DownwardAPIVolumeFile', '', {
  path: required(1, string(), ''),
  fieldRef: optional(2, ObjectFieldSelector, ''),
  resourceFieldRef: optional(3, ResourceFieldSelector, ''),
  mode: optional(4, int32({ presence: 'pointer' }), ''),
})
export type DownwardAPIVolumeFile = Static<typeof DownwardAPIVolumeFile>

export const DownwardAPIVolumeSource = message('io.k8s.api.core.v1.DownwardAPIVolumeSource', '', {
  items: optional(1, list(DownwardAPIVolumeFile), ''),
  defaultMode: optional(2, int32({ default: 0o644, presence: 'pointer' }), ''),
})
export type DownwardAPIVolumeSource = Static<typeof DownwardAPIVolumeSource>

export const EmptyDirVolumeSource = message('io.k8s.api.core.v1.EmptyDirVolumeSource', '', {
  medium: optional(1, string(), ''),
  sizeLimit: optional(2, quantity({ presence: 'pointer' }), ''),
})
export type EmptyDirVolumeSource = Static<typeof EmptyDirVolumeSource>

export const HostPathVolumeSource = message('io.k8s.api.core.v1.HostPathVolumeSource', '', {
  path: required(1, string(), ''),
  type: optional(2, string({ default: '', presence: 'pointer' }), ''),
})
export type HostPathVolumeSource = Static<typeof HostPathVolumeSource>

export const ImageVolumeSource = message('io.k8s.api.core.v1.ImageVolumeSource', '', {
  reference: optional(1, string(), ''),
  pullPolicy: optional(2, oneOf(['Always', 'IfNotPresent', 'Never']), ''),
})
export type ImageVolumeSource = Static<typeof ImageVolumeSource>

export const PersistentVolumeClaimVolumeSource = message('io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource', '', {
  claimName: required(1, string(), ''),
  readOnly: optional(2, boolean(), ''),
})
export type PersistentVolumeClaimVolumeSource = Static<typeof PersistentVolumeClaimVolumeSource>

export const VolumeResourceRequirements = message('io.k8s.api.core.v1.VolumeResourceRequirements', '', {
  limits: optional(1, map(quantity()), ''),
  requests: optional(2, map(quantity()), ''),
})
export type VolumeResourceRequirements = Static<typeof VolumeResourceRequirements>

export const PersistentVolumeClaimSpec = message('io.k8s.api.core.v1.PersistentVolumeClaimSpec', '', {
  accessModes: optional(1, list(string()), ''),
  resources: embedded(2, VolumeResourceRequirements, ''),
  volumeName: optional(3, string(), ''),
  selector: optional(4, LabelSelector, ''),
  storageClassName: optional(5, string({ presence: 'pointer' }), ''),
  volumeMode: optional(6, oneOf(['Block', 'Filesystem'], { default: 'Filesystem', presence: 'pointer' }), ''),
  dataSource: optional(7, TypedLocalObjectReference, ''),
  dataSourceRef: optional(8, TypedObjectReference, ''),
  volumeAttributesClassName: optional(9, string({ presence: 'pointer' }), ''),
})
export type PersistentVolumeClaimSpec = Static<typeof PersistentVolumeClaimSpec>

export const PersistentVolumeClaimTemplate = message('io.k8s.api.core.v1.PersistentVolumeClaimTemplate', '', {
  metadata: embedded(1, ObjectMeta, ''),
  spec: embedded(2, PersistentVolumeClaimSpec, ''),
})
export type PersistentVolumeClaimTemplate = Static<typeof PersistentVolumeClaimTemplate>

export const EphemeralVolumeSource = message('io.k8s.api.core.v1.EphemeralVolumeSource', '', {
  volumeClaimTemplate: optional(1, PersistentVolumeClaimTemplate, ''),
})
export type EphemeralVolumeSource = Static<typeof EphemeralVolumeSource>

export const ClusterTrustBundleProjection = message('io.k8s.api.core.v1.ClusterTrustBundleProjection', '', {
  name: optional(1, string({ presence: 'pointer' }), ''),
  signerName: optional(2, string({ presence: 'pointer' }), ''),
  labelSelector: optional(3, LabelSelector, ''),
  path: required(4, string(), ''),
  optional: optional(5, boolean({ presence: 'pointer' }), ''),
})
export type ClusterTrustBundleProjection = Static<typeof ClusterTrustBundleProjection>

export const ConfigMapProjection = message('io.k8s.api.core.v1.ConfigMapProjection', '', {
  name: optional(0, string(), ''),
  items: optional(2, list(KeyToPath), ''),
  optional: optional(4, boolean({ presence: 'pointer' }), ''),
})
export type ConfigMapProjection = Static<typeof ConfigMapProjection>

export const DownwardAPIProjection = message('io.k8s.api.core.v1.DownwardAPIProjection', '', {
  items: optional(1, list(DownwardAPIVolumeFile), ''),
})
export type DownwardAPIProjection = Static<typeof DownwardAPIProjection>

export const PodCertificateProjection = message('io.k8s.api.core.v1.PodCertificateProjection', '', {
  signerName: required(1, string(), ''),
  keyType: required(2, string(), ''),
  maxExpirationSeconds: optional(3, int32({ default: 86400, presence: 'pointer' }), ''),
  credentialBundlePath: optional(4, string(), ''),
  keyPath: optional(5, string(), ''),
  certificateChainPath: optional(6, string(), ''),
  userAnnotations: optional(7, map(string()), ''),
})
export type PodCertificateProjection = Static<typeof PodCertificateProjection>

export const SecretProjection = message('io.k8s.api.core.v1.SecretProjection', '', {
  name: optional(0, string(), ''),
  items: optional(2, list(KeyToPath), ''),
  optional: optional(4, boolean({ presence: 'pointer' }), ''),
})
export type SecretProjection = Static<typeof SecretProjection>

export const ServiceAccountTokenProjection = message('io.k8s.api.core.v1.ServiceAccountTokenProjection', '', {
  audience: optional(1, string(), ''),
  expirationSeconds: optional(2, int64({ default: 3600, presence: 'pointer' }), ''),
  path: required(3, string(), ''),
})
export type ServiceAccountTokenProjection = Static<typeof ServiceAccountTokenProjection>

export const VolumeProjection = message('io.k8s.api.core.v1.VolumeProjection', '', {
  secret: optional(1, SecretProjection, ''),
  downwardAPI: optional(2, DownwardAPIProjection, ''),
  configMap: optional(3, ConfigMapProjection, ''),
  serviceAccountToken: optional(4, ServiceAccountTokenProjection, ''),
  clusterTrustBundle: optional(5, ClusterTrustBundleProjection, ''),
  podCertificate: optional(6, PodCertificateProjection, ''),
})
export type VolumeProjection = Static<typeof VolumeProjection>

export const ProjectedVolumeSource = message('io.k8s.api.core.v1.ProjectedVolumeSource', '', {
  sources: optional(1, list(VolumeProjection), ''),
  defaultMode: optional(2, int32({ default: 0o644, presence: 'pointer' }), ''),
})
export type ProjectedVolumeSource = Static<typeof ProjectedVolumeSource>

export const Volume = message('io.k8s.api.core.v1.Volume', '', {
  awsElasticBlockStore: optional(0, AWSElasticBlockStoreVolumeSource, ''),
  azureDisk: optional(0, AzureDiskVolumeSource, ''),
  azureFile: optional(0, AzureFileVolumeSource, ''),
  cephfs: optional(0, CephFSVolumeSource, ''),
  cinder: optional(0, CinderVolumeSource, ''),
  configMap: optional(0, ConfigMapVolumeSource, ''),
  csi: optional(0, CSIVolumeSource, ''),
  downwardAPI: optional(0, DownwardAPIVolumeSource, ''),
  emptyDir: optional(0, EmptyDirVolumeSource, ''),
  ephemeral: optional(0, EphemeralVolumeSource, ''),
  fc: optional(0, FCVolumeSource, ''),
  flexVolume: optional(0, FlexVolumeSource, ''),
  flocker: optional(0, FlockerVolumeSource, ''),
  gcePersistentDisk: optional(0, GCEPersistentDiskVolumeSource, ''),
  gitRepo: optional(0, GitRepoVolumeSource, ''),
  glusterfs: optional(0, GlusterfsVolumeSource, ''),
  hostPath: optional(0, HostPathVolumeSource, ''),
  image: optional(0, ImageVolumeSource, ''),
  iscsi: optional(0, ISCSIVolumeSource, ''),
  nfs: optional(0, NFSVolumeSource, ''),
  persistentVolumeClaim: optional(0, PersistentVolumeClaimVolumeSource, ''),
  photonPersistentDisk: optional(0, PhotonPersistentDiskVolumeSource, ''),
  portworxVolume: optional(0, PortworxVolumeSource, ''),
  projected: optional(0, ProjectedVolumeSource, ''),
  quobyte: optional(0, QuobyteVolumeSource, ''),
  rbd: optional(0, RBDVolumeSource, ''),
  scaleIO: optional(0, ScaleIOVolumeSource, ''),
  secret: optional(0, SecretVolumeSource, ''),
  storageos: optional(0, StorageOSVolumeSource, ''),
  vsphereVolume: optional(0, VsphereVirtualDiskVolumeSource, ''),
  name: required(1, string(), ''),
})
export type Volume = Static<typeof Volume>
