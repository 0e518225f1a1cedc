import { EnvFromSource, EnvVar } from './environment.ts'
import { Lifecycle, Probe } from './handlers.ts'
import { SecurityContext } from './security-context.ts'
import {
  embedded,
  boolean,
  int32,
  list,
  listMap,
  map,
  message,
  oneOf,
  optional,
  quantity,
  required,
  set,
  string,
  type Static,
} from '../schema/schema.ts'

export const ContainerPort = message('io.k8s.api.core.v1.ContainerPort', '', {
  name: optional(1, string(), ''),
  hostPort: optional(2, int32(), ''),
  containerPort: required(3, int32(), ''),
  protocol: optional(4, oneOf(['TCP', 'UDP', 'SCTP'], { default: 'TCP' }), ''),
  hostIP: optional(5, string(), ''),
})
export type ContainerPort = Static<typeof ContainerPort>

export const ResourceClaim = message('io.k8s.api.core.v1.ResourceClaim', '', {
  name: required(1, string(), ''),
  request: optional(2, string(), ''),
})
export type ResourceClaim = Static<typeof ResourceClaim>

export const ResourceRequirements = message('io.k8s.api.core.v1.ResourceRequirements', '', {
  limits: optional(1, map(quantity()), ''),
  requests: optional(2, map(quantity()), ''),
  claims: optional(3, listMap(ResourceClaim, ['name'], { patchStrategy: 'replace' }), ''),
})
export type ResourceRequirements = Static<typeof ResourceRequirements>

export const ContainerResizePolicy = message('io.k8s.api.core.v1.ContainerResizePolicy', '', {
  resourceName: required(1, string(), ''),
  restartPolicy: required(2, oneOf(['NotRequired', 'RestartContainer']), ''),
})
export type ContainerResizePolicy = Static<typeof ContainerResizePolicy>

export const ContainerRestartRuleOnExitCodes = message('io.k8s.api.core.v1.ContainerRestartRuleOnExitCodes', '', {
  operator: required(1, oneOf(['In', 'NotIn']), ''),
  values: optional(2, set(int32()), ''),
})
export type ContainerRestartRuleOnExitCodes = Static<typeof ContainerRestartRuleOnExitCodes>

export const ContainerRestartRule = message('io.k8s.api.core.v1.ContainerRestartRule', '', {
  action: required(1, oneOf(['Restart', 'RestartAllContainers']), ''),
  exitCodes: optional(2, ContainerRestartRuleOnExitCodes, ''),
})
export type ContainerRestartRule = Static<typeof ContainerRestartRule>

export const VolumeDevice = message('io.k8s.api.core.v1.VolumeDevice', '', {
  name: required(1, string(), ''),
  devicePath: required(2, string(), ''),
})
export type VolumeDevice = Static<typeof VolumeDevice>

export const VolumeMount = message('io.k8s.api.core.v1.VolumeMount', '', {
  name: required(1, string(), ''),
  readOnly: optional(2, boolean(), ''),
  mountPath: required(3, string(), ''),
  subPath: optional(4, string(), ''),
  mountPropagation: optional(5, oneOf(['None', 'HostToContainer', 'Bidirectional'], { presence: 'pointer' }), ''),
  subPathExpr: optional(6, string(), ''),
  recursiveReadOnly: optional(7, oneOf(['Disabled', 'IfPossible', 'Enabled'], { presence: 'pointer' }), ''),
})
export type VolumeMount = Static<typeof VolumeMount>

export const Container = message('io.k8s.api.core.v1.Container', '', {
  name: required(1, string(), ''),
  image: optional(2, string(), ''),
  command: optional(3, list(string()), ''),
  args: optional(4, list(string()), ''),
  workingDir: optional(5, string(), ''),
  ports: optional(6, listMap(ContainerPort, ['containerPort', 'protocol']), ''),
  env: optional(7, listMap(EnvVar, ['name']), ''),
  resources: embedded(8, ResourceRequirements, ''),
  volumeMounts: optional(9, listMap(VolumeMount, ['mountPath']), ''),
  livenessProbe: optional(10, Probe, ''),
  readinessProbe: optional(11, Probe, ''),
  lifecycle: optional(12, Lifecycle, ''),
  terminationMessagePath: optional(13, string({ default: '/dev/termination-log' }), ''),
  imagePullPolicy: optional(14, oneOf(['Always', 'IfNotPresent', 'Never']), ''),
  securityContext: optional(15, SecurityContext, ''),
  stdin: optional(16, boolean(), ''),
  stdinOnce: optional(17, boolean(), ''),
  tty: optional(18, boolean(), ''),
  envFrom: optional(19, list(EnvFromSource), ''),
  terminationMessagePolicy: optional(20, oneOf(['File', 'FallbackToLogsOnError'], { default: 'File' }), ''),
  volumeDevices: optional(21, listMap(VolumeDevice, ['devicePath']), ''),
  startupProbe: optional(22, Probe, ''),
  resizePolicy: optional(23, list(ContainerResizePolicy), ''),
  restartPolicy: optional(24, oneOf(['Always', 'Never', 'OnFailure'], { presence: 'pointer' }), ''),
  restartPolicyRules: optional(25, list(ContainerRestartRule), ''),
})
export type Container = Static<typeof Container>

export const EphemeralContainer = message('io.k8s.api.core.v1.EphemeralContainer', '', {
  args: optional(0, list(string()), ''),
  command: optional(0, list(string()), ''),
  env: optional(0, listMap(EnvVar, ['name']), ''),
  envFrom: optional(0, list(EnvFromSource), ''),
  image: optional(0, string(), ''),
  imagePullPolicy: optional(0, oneOf(['Always', 'IfNotPresent', 'Never']), ''),
  lifecycle: optional(0, Lifecycle, ''),
  livenessProbe: optional(0, Probe, ''),
  name: required(0, string(), ''),
  ports: optional(0, listMap(ContainerPort, ['containerPort', 'protocol']), ''),
  readinessProbe: optional(0, Probe, ''),
  resizePolicy: optional(0, list(ContainerResizePolicy), ''),
  resources: embedded(0, ResourceRequirements, ''),
  restartPolicy: optional(0, oneOf(['Always', 'Never', 'OnFailure'], { presence: 'pointer' }), ''),
  restartPolicyRules: optional(0, list(ContainerRestartRule), ''),
  securityContext: optional(0, SecurityContext, ''),
  startupProbe: optional(0, Probe, ''),
  stdin: optional(0, boolean(), ''),
  stdinOnce: optional(0, boolean(), ''),
  terminationMessagePath: optional(0, string({ default: '/dev/termination-log' }), ''),
  terminationMessagePolicy: optional(0, oneOf(['File', 'FallbackToLogsOnError'], { default: 'File' }), ''),
  tty: optional(0, boolean(), ''),
  volumeDevices: optional(0, listMap(VolumeDevice, ['devicePath']), ''),
  volumeMounts: optional(0, listMap(VolumeMount, ['mountPath']), ''),
  workingDir: optional(0, string(), ''),
  targetContainerName: optional(2, string(), ''),
})
export type EphemeralContainer = Static<typeof EphemeralContainer>
