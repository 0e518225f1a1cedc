import { boolean, message, optional, quantity, required, string, type Static } from '../schema/schema.ts'

export const ConfigMapEnvSource = message('io.k8s.api.core.v1.ConfigMapEnvSource', '', {
  name: optional(0, string(), ''),
  optional: optional(2, boolean({ presence: 'pointer' }), ''),
})
export type ConfigMapEnvSource = Static<typeof ConfigMapEnvSource>

export const SecretEnvSource = message('io.k8s.api.core.v1.SecretEnvSource', '', {
  name: optional(0, string(), ''),
  optional: optional(2, boolean({ presence: 'pointer' }), ''),
})
export type SecretEnvSource = Static<typeof SecretEnvSource>

export const EnvFromSource = message('io.k8s.api.core.v1.EnvFromSource', '', {
  prefix: optional(1, string(), ''),
  configMapRef: optional(2, ConfigMapEnvSource, ''),
  secretRef: optional(3, SecretEnvSource, ''),
})
export type EnvFromSource = Static<typeof EnvFromSource>

export const ObjectFieldSelector = message('io.k8s.api.core.v1.ObjectFieldSelector', '', {
  apiVersion: optional(1, string({ default: 'v1' }), ''),
  fieldPath: required(2, string(), ''),
})
export type ObjectFieldSelector = Static<typeof ObjectFieldSelector>

export const ResourceFieldSelector = message('io.k8s.api.core.v1.ResourceFieldSelector', '', {
  containerName: optional(1, string(), ''),
  resource: required(2, string(), ''),
  divisor: optional(3, quantity({ default: '0', presence: 'always' }), ''),
})
export type ResourceFieldSelector = Static<typeof ResourceFieldSelector>

export const ConfigMapKeySelector = message('io.k8s.api.core.v1.ConfigMapKeySelector', '', {
  name: optional(0, string(), ''),
  key: required(2, string(), ''),
  optional: optional(3, boolean({ presence: 'pointer' }), ''),
})
export type ConfigMapKeySelector = Static<typeof ConfigMapKeySelector>

export const SecretKeySelector = message('io.k8s.api.core.v1.SecretKeySelector', '', {
  name: optional(0, string(), ''),
  key: required(2, string(), ''),
  optional: optional(3, boolean({ presence: 'pointer' }), ''),
})
export type SecretKeySelector = Static<typeof SecretKeySelector>

export const FileKeySelector = message('io.k8s.api.core.v1.FileKeySelector', '', {
  volumeName: required(1, string(), ''),
  path: required(2, string(), ''),
  key: required(3, string(), ''),
  optional: optional(4, boolean({ presence: 'pointer' }), ''),
})
export type FileKeySelector = Static<typeof FileKeySelector>

export const EnvVarSource = message('io.k8s.api.core.v1.EnvVarSource', '', {
  fieldRef: optional(1, ObjectFieldSelector, ''),
  resourceFieldRef: optional(2, ResourceFieldSelector, ''),
  configMapKeyRef: optional(3, ConfigMapKeySelector, ''),
  secretKeyRef: optional(4, SecretKeySelector, ''),
  fileKeyRef: optional(5, FileKeySelector, ''),
})
export type EnvVarSource = Static<typeof EnvVarSource>

export const EnvVar = message('io.k8s.api.core.v1.EnvVar', '', {
  name: required(1, string(), ''),
  value: optional(2, string(), ''),
  valueFrom: optional(3, EnvVarSource, ''),
})
export type EnvVar = Static<typeof EnvVar>
