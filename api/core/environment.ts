import { atomicMessage, boolean, message, optional, quantity, required, string, type Static } from '../schema/schema.ts'

export const ConfigMapEnvSource = message('io.k8s.api.core.v1.ConfigMapEnvSource', 'All entries of a ConfigMap as environment variables.', {
  name: optional(0, string(), 'Name of the ConfigMap.'),
  optional: optional(2, boolean({ presence: 'pointer' }), 'True: the pod starts even when what is named does not exist. Default false.'),
})
export type ConfigMapEnvSource = Static<typeof ConfigMapEnvSource>

export const SecretEnvSource = message('io.k8s.api.core.v1.SecretEnvSource', 'All entries of a Secret as environment variables.', {
  name: optional(0, string(), 'Name of the Secret.'),
  optional: optional(2, boolean({ presence: 'pointer' }), 'True: the pod starts even when what is named does not exist. Default false.'),
})
export type SecretEnvSource = Static<typeof SecretEnvSource>

export const EnvFromSource = message('io.k8s.api.core.v1.EnvFromSource', 'Environment variables from a whole ConfigMap or Secret.', {
  prefix: optional(1, string(), "Text put before every key to make the variable's name."),
  configMapRef: optional(2, ConfigMapEnvSource, 'ConfigMap to take.'),
  secretRef: optional(3, SecretEnvSource, 'Secret to take.'),
})
export type EnvFromSource = Static<typeof EnvFromSource>

export const ObjectFieldSelector = atomicMessage('io.k8s.api.core.v1.ObjectFieldSelector', 'A field of the pod itself.', {
  apiVersion: optional(1, string({ default: 'v1' }), 'Version in which the path is written. Default `v1`.'),
  fieldPath: required(2, string(), "Path of the field, such as `metadata.name` or `metadata.labels['app']`."),
})
export type ObjectFieldSelector = Static<typeof ObjectFieldSelector>

export const ResourceFieldSelector = atomicMessage(
  'io.k8s.api.core.v1.ResourceFieldSelector',
  'A resource limit or request of a container.',
  {
    containerName: optional(1, string(), 'Container to look at; needed in volumes, in variables it is the container itself.'),
    resource: required(2, string(), 'Which amount: `limits.cpu`, `requests.memory` and so on.'),
    divisor: optional(
      3,
      quantity({ default: '0', presence: 'always' }),
      'Unit of the result, such as `1m` or `1Mi`. Default `1`; results are rounded up.',
    ),
  },
)
export type ResourceFieldSelector = Static<typeof ResourceFieldSelector>

export const ConfigMapKeySelector = atomicMessage('io.k8s.api.core.v1.ConfigMapKeySelector', 'One entry of a ConfigMap.', {
  name: optional(0, string(), 'Name of the ConfigMap.'),
  key: required(2, string(), 'Key of the entry.'),
  optional: optional(3, boolean({ presence: 'pointer' }), 'True: the pod starts even when what is named does not exist. Default false.'),
})
export type ConfigMapKeySelector = Static<typeof ConfigMapKeySelector>

export const SecretKeySelector = atomicMessage('io.k8s.api.core.v1.SecretKeySelector', 'One entry of a Secret.', {
  name: optional(0, string(), 'Name of the Secret.'),
  key: required(2, string(), 'Key of the entry.'),
  optional: optional(3, boolean({ presence: 'pointer' }), 'True: the pod starts even when what is named does not exist. Default false.'),
})
export type SecretKeySelector = Static<typeof SecretKeySelector>

export const FileKeySelector = atomicMessage(
  'io.k8s.api.core.v1.FileKeySelector',
  'One variable of a file in environment format on a volume.',
  {
    volumeName: required(1, string(), 'Volume that holds the file; an emptyDir of the pod.'),
    path: required(2, string(), 'Path of the file in the volume.'),
    key: required(3, string(), 'Variable in the file.'),
    optional: optional(4, boolean({ presence: 'pointer' }), 'True: a missing file or variable is no error. Default false.'),
  },
)
export type FileKeySelector = Static<typeof FileKeySelector>

export const EnvVarSource = message(
  'io.k8s.api.core.v1.EnvVarSource',
  'Where the value of an environment variable comes from; exactly one.',
  {
    fieldRef: optional(1, ObjectFieldSelector, 'A field of the pod.'),
    resourceFieldRef: optional(2, ResourceFieldSelector, 'A resource limit or request of the container.'),
    configMapKeyRef: optional(3, ConfigMapKeySelector, 'An entry of a ConfigMap.'),
    secretKeyRef: optional(4, SecretKeySelector, 'An entry of a Secret.'),
    fileKeyRef: optional(5, FileKeySelector, 'A variable of a file on a volume.'),
  },
)
export type EnvVarSource = Static<typeof EnvVarSource>

export const EnvVar = message('io.k8s.api.core.v1.EnvVar', 'One environment variable of a container.', {
  name: required(1, string(), 'Name of the variable.'),
  value: optional(2, string(), 'Its value; `$(NAME)` stands for a variable defined before, `$$` for a dollar sign.'),
  valueFrom: optional(3, EnvVarSource, 'Source of the value, instead of `value`.'),
})
export type EnvVar = Static<typeof EnvVar>
