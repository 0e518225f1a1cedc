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

export const KeyToPath = message('io.k8s.api.core.v1.KeyToPath', 'One entry of a ConfigMap or Secret as a file.', {
  key: required(1, string(), 'Key of the entry.'),
  path: required(2, string(), 'Path of the file in the volume; relative and without `..`.'),
  mode: optional(3, int32({ presence: 'pointer' }), "Permissions of the file, 0 to 0777 octal. Default: the volume's defaultMode."),
})
export type KeyToPath = Static<typeof KeyToPath>

export const ConfigMapVolumeSource = message(
  'io.k8s.api.core.v1.ConfigMapVolumeSource',
  'A ConfigMap as files, which follow its changes.',
  {
    name: optional(0, string(), 'Name of the ConfigMap.'),
    items: optional(2, list(KeyToPath), 'Entries to take, and their paths. Default: all, each under its key.'),
    defaultMode: optional(3, int32({ default: 0o644, presence: 'pointer' }), 'Permissions of the files, 0 to 0777 octal. Default 0644.'),
    optional: optional(4, boolean({ presence: 'pointer' }), 'True: the pod starts even when what is named does not exist. Default false.'),
  },
)
export type ConfigMapVolumeSource = Static<typeof ConfigMapVolumeSource>

export const SecretVolumeSource = message('io.k8s.api.core.v1.SecretVolumeSource', 'A Secret as files, kept in memory.', {
  secretName: optional(1, string(), 'Name of the Secret.'),
  items: optional(2, list(KeyToPath), 'Entries to take, and their paths. Default: all, each under its key.'),
  defaultMode: optional(3, int32({ default: 0o644, presence: 'pointer' }), 'Permissions of the files, 0 to 0777 octal. Default 0644.'),
  optional: optional(4, boolean({ presence: 'pointer' }), 'True: the pod starts even when what is named does not exist. Default false.'),
})
export type SecretVolumeSource = Static<typeof SecretVolumeSource>

export const DownwardAPIVolumeFile = message('io.k8s.api.core.v1.DownwardAPIVolumeFile', 'A fact about the pod as a file.', {
  path: required(1, string(), 'Path of the file in the volume; relative and without `..`.'),
  fieldRef: optional(2, ObjectFieldSelector, 'Field of the pod to write.'),
  resourceFieldRef: optional(3, ResourceFieldSelector, 'Resource limit or request of a container to write.'),
  mode: optional(4, int32({ presence: 'pointer' }), "Permissions of the file, 0 to 0777 octal. Default: the volume's defaultMode."),
})
export type DownwardAPIVolumeFile = Static<typeof DownwardAPIVolumeFile>

export const DownwardAPIVolumeSource = message('io.k8s.api.core.v1.DownwardAPIVolumeSource', 'Facts about the pod as files.', {
  items: optional(1, list(DownwardAPIVolumeFile), 'The files.'),
  defaultMode: optional(2, int32({ default: 0o644, presence: 'pointer' }), 'Permissions of the files, 0 to 0777 octal. Default 0644.'),
})
export type DownwardAPIVolumeSource = Static<typeof DownwardAPIVolumeSource>

export const EmptyDirVolumeSource = message(
  'io.k8s.api.core.v1.EmptyDirVolumeSource',
  'A directory that is empty at first and lives as long as the pod.',
  {
    medium: optional(1, string(), "Empty for the node's disk (default), `Memory`, or `HugePages`."),
    sizeLimit: optional(2, quantity({ presence: 'pointer' }), 'The most it may hold; the pod is evicted beyond that. Default: no limit.'),
  },
)
export type EmptyDirVolumeSource = Static<typeof EmptyDirVolumeSource>

export const HostPathVolumeSource = message('io.k8s.api.core.v1.HostPathVolumeSource', 'A file or directory of the node.', {
  path: required(1, string(), 'Path on the node.'),
  type: optional(
    2,
    string({ default: '', presence: 'pointer' }),
    'What must be there, or be made: `Directory`, `DirectoryOrCreate`, `File`, `FileOrCreate`, `Socket`, `CharDevice`, `BlockDevice`. Default empty: not checked.',
  ),
})
export type HostPathVolumeSource = Static<typeof HostPathVolumeSource>

export const ImageVolumeSource = message('io.k8s.api.core.v1.ImageVolumeSource', 'The files of an image, read-only.', {
  reference: optional(1, string(), 'The image.'),
  pullPolicy: optional(
    2,
    oneOf(['Always', 'IfNotPresent', 'Never']),
    'When it is pulled: `Always`, `IfNotPresent` or `Never`. Default: `Always` for the tag latest, else `IfNotPresent`.',
  ),
})
export type ImageVolumeSource = Static<typeof ImageVolumeSource>

export const PersistentVolumeClaimVolumeSource = message(
  'io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource',
  'The volume bound to a claim.',
  {
    claimName: required(1, string(), "Name of a PersistentVolumeClaim in the pod's namespace."),
    readOnly: optional(2, boolean(), 'Mounts without permission to write. Default false.'),
  },
)
export type PersistentVolumeClaimVolumeSource = Static<typeof PersistentVolumeClaimVolumeSource>

export const VolumeResourceRequirements = message('io.k8s.api.core.v1.VolumeResourceRequirements', 'How much storage is asked for.', {
  limits: optional(1, map(quantity()), 'The most that may be provided.'),
  requests: optional(2, map(quantity()), 'The least that must be provided, as `storage`.'),
})
export type VolumeResourceRequirements = Static<typeof VolumeResourceRequirements>

export const PersistentVolumeClaimSpec = message('io.k8s.api.core.v1.PersistentVolumeClaimSpec', 'What kind of volume is asked for.', {
  accessModes: optional(
    1,
    list(string()),
    'How it is to be mounted: `ReadWriteOnce`, `ReadOnlyMany`, `ReadWriteMany`, `ReadWriteOncePod`.',
  ),
  resources: embedded(2, VolumeResourceRequirements, 'How large it must be.'),
  volumeName: optional(3, string(), 'Name of the volume bound to the claim.'),
  selector: optional(4, LabelSelector, 'Labels that the volume must have.'),
  storageClassName: optional(
    5,
    string({ presence: 'pointer' }),
    "Storage class that provides it; empty for none. Default: the cluster's default class.",
  ),
  volumeMode: optional(
    6,
    oneOf(['Block', 'Filesystem'], { default: 'Filesystem', presence: 'pointer' }),
    '`Filesystem` (default) or `Block`.',
  ),
  dataSource: optional(7, TypedLocalObjectReference, 'Claim or snapshot in the same namespace to copy from.'),
  dataSourceRef: optional(8, TypedObjectReference, 'Object to fill the volume from; may be of any kind that has a populator.'),
  volumeAttributesClassName: optional(9, string({ presence: 'pointer' }), 'Class of changeable attributes of the volume.'),
})
export type PersistentVolumeClaimSpec = Static<typeof PersistentVolumeClaimSpec>

export const PersistentVolumeClaimTemplate = message('io.k8s.api.core.v1.PersistentVolumeClaimTemplate', 'Claim to make for a pod.', {
  metadata: embedded(1, ObjectMeta, 'Labels and annotations of the claim.'),
  spec: required(2, PersistentVolumeClaimSpec, 'Spec of the claim.'),
})
export type PersistentVolumeClaimTemplate = Static<typeof PersistentVolumeClaimTemplate>

export const EphemeralVolumeSource = message(
  'io.k8s.api.core.v1.EphemeralVolumeSource',
  'A volume made by a claim that lives and dies with the pod.',
  {
    volumeClaimTemplate: optional(1, PersistentVolumeClaimTemplate, 'The claim; it is named after the pod and the volume.'),
  },
)
export type EphemeralVolumeSource = Static<typeof EphemeralVolumeSource>

export const ClusterTrustBundleProjection = message('io.k8s.api.core.v1.ClusterTrustBundleProjection', 'Trusted certificates as a file.', {
  name: optional(1, string({ presence: 'pointer' }), 'One ClusterTrustBundle by name; not with signerName.'),
  signerName: optional(2, string({ presence: 'pointer' }), 'All bundles of this signer that labelSelector selects.'),
  labelSelector: optional(3, LabelSelector, "Which of the signer's bundles. Default: none; an empty one selects all."),
  path: required(4, string(), 'Path of the file in the volume.'),
  optional: optional(5, boolean({ presence: 'pointer' }), 'True: the pod starts even when what is named does not exist. Default false.'),
})
export type ClusterTrustBundleProjection = Static<typeof ClusterTrustBundleProjection>

export const ConfigMapProjection = message('io.k8s.api.core.v1.ConfigMapProjection', 'A ConfigMap in a projected volume.', {
  name: optional(0, string(), 'Name of the ConfigMap.'),
  items: optional(2, list(KeyToPath), 'Entries to take, and their paths. Default: all, each under its key.'),
  optional: optional(4, boolean({ presence: 'pointer' }), 'True: the pod starts even when what is named does not exist. Default false.'),
})
export type ConfigMapProjection = Static<typeof ConfigMapProjection>

export const DownwardAPIProjection = message('io.k8s.api.core.v1.DownwardAPIProjection', 'Facts about the pod in a projected volume.', {
  items: optional(1, list(DownwardAPIVolumeFile), 'The files.'),
})
export type DownwardAPIProjection = Static<typeof DownwardAPIProjection>

export const PodCertificateProjection = message(
  'io.k8s.api.core.v1.PodCertificateProjection',
  'A private key made for the pod and a certificate for it, renewed in time.',
  {
    signerName: required(1, string(), 'Signer that issues the certificate.'),
    keyType: required(2, string(), 'Kind of key, such as `ED25519`, `ECDSAP256` or `RSA3072`.'),
    maxExpirationSeconds: optional(
      3,
      int32({ default: 86400, presence: 'pointer' }),
      'Longest life of the certificate, in seconds. Default 86400.',
    ),
    credentialBundlePath: optional(4, string(), 'File for key and certificates together.'),
    keyPath: optional(5, string(), 'File for the key alone.'),
    certificateChainPath: optional(6, string(), 'File for the certificates alone.'),
    userAnnotations: optional(7, map(string()), 'Further information for the signer.'),
  },
)
export type PodCertificateProjection = Static<typeof PodCertificateProjection>

export const SecretProjection = message('io.k8s.api.core.v1.SecretProjection', 'A Secret in a projected volume.', {
  name: optional(0, string(), 'Name of the Secret.'),
  items: optional(2, list(KeyToPath), 'Entries to take, and their paths. Default: all, each under its key.'),
  optional: optional(4, boolean({ presence: 'pointer' }), 'True: the pod starts even when what is named does not exist. Default false.'),
})
export type SecretProjection = Static<typeof SecretProjection>

export const ServiceAccountTokenProjection = message(
  'io.k8s.api.core.v1.ServiceAccountTokenProjection',
  "A token of the pod's service account, renewed in time.",
  {
    audience: optional(1, string(), 'Who the token is for. Default: the API server.'),
    expirationSeconds: optional(
      2,
      int64({ default: 3600, presence: 'pointer' }),
      'Life of the token in seconds, at least 600. Default 3600.',
    ),
    path: required(3, string(), 'Path of the file in the volume.'),
  },
)
export type ServiceAccountTokenProjection = Static<typeof ServiceAccountTokenProjection>

export const VolumeProjection = message('io.k8s.api.core.v1.VolumeProjection', 'One source of a projected volume.', {
  secret: optional(1, SecretProjection, 'A Secret.'),
  downwardAPI: optional(2, DownwardAPIProjection, 'Facts about the pod.'),
  configMap: optional(3, ConfigMapProjection, 'A ConfigMap.'),
  serviceAccountToken: optional(4, ServiceAccountTokenProjection, "A token of the pod's service account."),
  clusterTrustBundle: optional(5, ClusterTrustBundleProjection, 'Trusted certificates.'),
  podCertificate: optional(6, PodCertificateProjection, "A key and certificate of the pod's own."),
})
export type VolumeProjection = Static<typeof VolumeProjection>

export const ProjectedVolumeSource = message('io.k8s.api.core.v1.ProjectedVolumeSource', 'Several sources in one directory.', {
  sources: optional(1, list(VolumeProjection), 'The sources; no two may write the same path.'),
  defaultMode: optional(2, int32({ default: 0o644, presence: 'pointer' }), 'Permissions of the files, 0 to 0777 octal. Default 0644.'),
})
export type ProjectedVolumeSource = Static<typeof ProjectedVolumeSource>

export const Volume = message('io.k8s.api.core.v1.Volume', 'A directory or device that containers of a pod can mount.', {
  awsElasticBlockStore: optional(0, AWSElasticBlockStoreVolumeSource, "A disk of Amazon's cloud; needs a driver."),
  azureDisk: optional(0, AzureDiskVolumeSource, "A disk of Microsoft's cloud; needs a driver."),
  azureFile: optional(0, AzureFileVolumeSource, "A file share of Microsoft's cloud; needs a driver."),
  cephfs: optional(0, CephFSVolumeSource, 'A Ceph file system; no longer works.'),
  cinder: optional(0, CinderVolumeSource, 'A disk of OpenStack; needs a driver.'),
  configMap: optional(0, ConfigMapVolumeSource, 'A ConfigMap as files.'),
  csi: optional(0, CSIVolumeSource, 'A volume of a storage driver, made for this pod.'),
  downwardAPI: optional(0, DownwardAPIVolumeSource, 'Facts about the pod as files.'),
  emptyDir: optional(
    0,
    EmptyDirVolumeSource,
    'An empty directory that lives as long as the pod; what a volume is when nothing else is given.',
  ),
  ephemeral: optional(0, EphemeralVolumeSource, "A claim of the pod's own."),
  fc: optional(0, FCVolumeSource, 'A Fibre Channel disk.'),
  flexVolume: optional(0, FlexVolumeSource, 'A volume of a FlexVolume driver; outdated.'),
  flocker: optional(0, FlockerVolumeSource, 'A Flocker volume; no longer works.'),
  gcePersistentDisk: optional(0, GCEPersistentDiskVolumeSource, "A disk of Google's cloud; needs a driver."),
  gitRepo: optional(0, GitRepoVolumeSource, 'A Git repository, cloned at start; outdated.'),
  glusterfs: optional(0, GlusterfsVolumeSource, 'A GlusterFS volume; no longer works.'),
  hostPath: optional(0, HostPathVolumeSource, 'A file or directory of the node.'),
  image: optional(0, ImageVolumeSource, 'The files of an image.'),
  iscsi: optional(0, ISCSIVolumeSource, 'An iSCSI disk.'),
  nfs: optional(0, NFSVolumeSource, 'A directory of an NFS server.'),
  persistentVolumeClaim: optional(0, PersistentVolumeClaimVolumeSource, 'The volume of a PersistentVolumeClaim.'),
  photonPersistentDisk: optional(0, PhotonPersistentDiskVolumeSource, 'A Photon disk; no longer works.'),
  portworxVolume: optional(0, PortworxVolumeSource, 'A Portworx volume; needs a driver.'),
  projected: optional(0, ProjectedVolumeSource, 'ConfigMaps, Secrets, tokens and facts about the pod in one directory.'),
  quobyte: optional(0, QuobyteVolumeSource, 'A Quobyte volume; no longer works.'),
  rbd: optional(0, RBDVolumeSource, 'A Ceph block device; no longer works.'),
  scaleIO: optional(0, ScaleIOVolumeSource, 'A ScaleIO volume; no longer works.'),
  secret: optional(0, SecretVolumeSource, 'A Secret as files.'),
  storageos: optional(0, StorageOSVolumeSource, 'A StorageOS volume; no longer works.'),
  vsphereVolume: optional(0, VsphereVirtualDiskVolumeSource, 'A disk of vSphere; needs a driver.'),
  name: required(1, string(), 'Name that volumeMounts refer to; unique in the pod.'),
})
export type Volume = Static<typeof Volume>
