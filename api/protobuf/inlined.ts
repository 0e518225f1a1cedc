import { Container } from '../core/container.ts'

export interface InlinedMessage {
  /** Where the message stands in the one that holds it. */
  readonly number: number
  /** The numbers of its fields; in JSON they are fields of the message that holds it. */
  readonly numbers: Readonly<Record<string, number>>
  /** Messages that stand in it in the same way. */
  readonly inlined?: readonly InlinedMessage[]
}

const localObjectReference: InlinedMessage = { number: 1, numbers: { name: 1 } }

const volumeSources = {
  hostPath: 1,
  emptyDir: 2,
  gcePersistentDisk: 3,
  awsElasticBlockStore: 4,
  gitRepo: 5,
  secret: 6,
  nfs: 7,
  iscsi: 8,
  glusterfs: 9,
  persistentVolumeClaim: 10,
  rbd: 11,
  flexVolume: 12,
  cinder: 13,
  cephfs: 14,
  flocker: 15,
  downwardAPI: 16,
  fc: 17,
  azureFile: 18,
  configMap: 19,
  vsphereVolume: 20,
  quobyte: 21,
  azureDisk: 22,
  photonPersistentDisk: 23,
  portworxVolume: 24,
  scaleIO: 25,
  projected: 26,
  storageos: 27,
  csi: 28,
  ephemeral: 29,
  image: 30,
}

const persistentVolumeSources = {
  gcePersistentDisk: 1,
  awsElasticBlockStore: 2,
  hostPath: 3,
  glusterfs: 4,
  nfs: 5,
  rbd: 6,
  iscsi: 7,
  cinder: 8,
  cephfs: 9,
  fc: 10,
  flocker: 11,
  flexVolume: 12,
  azureFile: 13,
  vsphereVolume: 14,
  quobyte: 15,
  azureDisk: 16,
  photonPersistentDisk: 17,
  portworxVolume: 18,
  scaleIO: 19,
  local: 20,
  storageos: 21,
  csi: 22,
}

const deviceConfiguration = { opaque: 1 }

const rule: InlinedMessage = { number: 2, numbers: { apiGroups: 1, apiVersions: 2, resources: 3, scope: 4 } }

/** Messages whose JSON has the fields of another message among its own; protobuf keeps the two apart. */
export const inlinedMessages: Readonly<Record<string, readonly InlinedMessage[]>> = {
  'io.k8s.api.admissionregistration.v1.NamedRuleWithOperations': [{ number: 2, numbers: { operations: 1 }, inlined: [rule] }],
  'io.k8s.api.admissionregistration.v1.RuleWithOperations': [rule],
  'io.k8s.api.core.v1.ConfigMapEnvSource': [localObjectReference],
  'io.k8s.api.core.v1.ConfigMapKeySelector': [localObjectReference],
  'io.k8s.api.core.v1.ConfigMapProjection': [localObjectReference],
  'io.k8s.api.core.v1.ConfigMapVolumeSource': [localObjectReference],
  'io.k8s.api.core.v1.EphemeralContainer': [{ number: 1, numbers: Container.message?.numbers ?? {} }],
  'io.k8s.api.core.v1.PersistentVolumeSpec': [{ number: 2, numbers: persistentVolumeSources }],
  'io.k8s.api.core.v1.Probe': [{ number: 1, numbers: { exec: 1, httpGet: 2, tcpSocket: 3, grpc: 4 } }],
  'io.k8s.api.core.v1.SecretEnvSource': [localObjectReference],
  'io.k8s.api.core.v1.SecretKeySelector': [localObjectReference],
  'io.k8s.api.core.v1.SecretProjection': [localObjectReference],
  'io.k8s.api.core.v1.Volume': [{ number: 2, numbers: volumeSources }],
  'io.k8s.api.resource.v1.DeviceAllocationConfiguration': [{ number: 3, numbers: deviceConfiguration }],
  'io.k8s.api.resource.v1.DeviceClaimConfiguration': [{ number: 2, numbers: deviceConfiguration }],
  'io.k8s.api.resource.v1.DeviceClassConfiguration': [{ number: 1, numbers: deviceConfiguration }],
  'io.k8s.api.networking.v1.IngressRule': [{ number: 2, numbers: { http: 1 } }],
}

const registration = 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.'

/** Numbers of fields that protobuf calls something else (`uID`), or whose messages are another server's: the messages do not know them. */
export const otherNumbers: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration': { webhooks: 2 },
  'io.k8s.api.admissionregistration.v1.ValidatingWebhookConfiguration': { webhooks: 2 },
  'io.k8s.api.admissionregistration.v1.Validation': { expression: 1 },
  'io.k8s.api.admissionregistration.v1.Variable': { name: 1, expression: 2 },
  'io.k8s.api.authentication.v1.BoundObjectReference': { uid: 4 },
  'io.k8s.api.networking.v1.IngressClassParametersReference': { apiGroup: 1 },
  [`${registration}APIService`]: { metadata: 1, spec: 2, status: 3 },
  [`${registration}APIServiceSpec`]: {
    service: 1,
    group: 2,
    version: 3,
    insecureSkipTLSVerify: 4,
    caBundle: 5,
    groupPriorityMinimum: 7,
    versionPriority: 8,
  },
  [`${registration}APIServiceStatus`]: { conditions: 1 },
  [`${registration}APIServiceCondition`]: { type: 1, status: 2, lastTransitionTime: 3, reason: 4, message: 5 },
  [`${registration}ServiceReference`]: { namespace: 1, name: 2, port: 3 },
}
