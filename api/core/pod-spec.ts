import { Affinity, Toleration, TopologySpreadConstraint } from './affinity.ts'
import { Container, EphemeralContainer, ResourceRequirements } from './container.ts'
import { LocalObjectReference } from './references.ts'
import { PodSecurityContext } from './security-context.ts'
import { Volume } from './volume.ts'
import { ObjectMeta } from '../meta.ts'
import {
  boolean,
  embedded,
  int32,
  int64,
  list,
  listMap,
  map,
  message,
  oneOf,
  optional,
  quantity,
  required,
  string,
  type Static,
} from '../schema/schema.ts'

export const HostAlias = message('io.k8s.api.core.v1.HostAlias', '', {
  ip: required(1, string(), ''),
  hostnames: optional(2, list(string()), ''),
})
export type HostAlias = Static<typeof HostAlias>

export const PodDNSConfigOption = message('io.k8s.api.core.v1.PodDNSConfigOption', '', {
  name: optional(1, string(), ''),
  value: optional(2, string({ presence: 'pointer' }), ''),
})
export type PodDNSConfigOption = Static<typeof PodDNSConfigOption>

export const PodDNSConfig = message('io.k8s.api.core.v1.PodDNSConfig', '', {
  nameservers: optional(1, list(string()), ''),
  searches: optional(2, list(string()), ''),
  options: optional(3, list(PodDNSConfigOption), ''),
})
export type PodDNSConfig = Static<typeof PodDNSConfig>

export const PodOS = message('io.k8s.api.core.v1.PodOS', '', {
  name: required(1, oneOf(['linux', 'windows']), ''),
})
export type PodOS = Static<typeof PodOS>

export const PodReadinessGate = message('io.k8s.api.core.v1.PodReadinessGate', '', {
  conditionType: required(1, string(), ''),
})
export type PodReadinessGate = Static<typeof PodReadinessGate>

export const PodResourceClaim = message('io.k8s.api.core.v1.PodResourceClaim', '', {
  name: required(1, string(), ''),
  resourceClaimName: optional(3, string({ presence: 'pointer' }), ''),
  resourceClaimTemplateName: optional(4, string({ presence: 'pointer' }), ''),
})
export type PodResourceClaim = Static<typeof PodResourceClaim>

export const PodSchedulingGate = message('io.k8s.api.core.v1.PodSchedulingGate', '', {
  name: required(1, string(), ''),
})
export type PodSchedulingGate = Static<typeof PodSchedulingGate>

export const PodSchedulingGroup = message('io.k8s.api.core.v1.PodSchedulingGroup', '', {
  podGroupName: optional(1, string({ presence: 'pointer' }), ''),
})
export type PodSchedulingGroup = Static<typeof PodSchedulingGroup>

export const PodSpec = message('io.k8s.api.core.v1.PodSpec', '', {
  volumes: optional(1, listMap(Volume, ['name'], { patchStrategy: 'merge,retainKeys' }), ''),
  containers: required(2, listMap(Container, ['name']), ''),
  restartPolicy: optional(3, oneOf(['Always', 'OnFailure', 'Never'], { default: 'Always' }), ''),
  terminationGracePeriodSeconds: optional(4, int64({ default: 30, presence: 'pointer' }), ''),
  activeDeadlineSeconds: optional(5, int64({ presence: 'pointer' }), ''),
  dnsPolicy: optional(6, oneOf(['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'], { default: 'ClusterFirst' }), ''),
  nodeSelector: optional(7, map(string(), { atomic: true }), ''),
  serviceAccountName: optional(8, string(), ''),
  serviceAccount: optional(9, string(), ''),
  nodeName: optional(10, string(), ''),
  hostNetwork: optional(11, boolean(), ''),
  hostPID: optional(12, boolean(), ''),
  hostIPC: optional(13, boolean(), ''),
  securityContext: optional(14, PodSecurityContext, ''),
  imagePullSecrets: optional(15, listMap(LocalObjectReference, ['name']), ''),
  hostname: optional(16, string(), ''),
  subdomain: optional(17, string(), ''),
  affinity: optional(18, Affinity, ''),
  schedulerName: optional(19, string({ default: 'default-scheduler' }), ''),
  initContainers: optional(20, listMap(Container, ['name']), ''),
  automountServiceAccountToken: optional(21, boolean({ presence: 'pointer' }), ''),
  tolerations: optional(22, list(Toleration), ''),
  hostAliases: optional(23, listMap(HostAlias, ['ip']), ''),
  priorityClassName: optional(24, string(), ''),
  priority: optional(25, int32({ presence: 'pointer' }), ''),
  dnsConfig: optional(26, PodDNSConfig, ''),
  shareProcessNamespace: optional(27, boolean({ presence: 'pointer' }), ''),
  readinessGates: optional(28, list(PodReadinessGate), ''),
  runtimeClassName: optional(29, string({ presence: 'pointer' }), ''),
  enableServiceLinks: optional(30, boolean({ presence: 'pointer' }), ''),
  preemptionPolicy: optional(31, oneOf(['PreemptLowerPriority', 'Never'], { presence: 'pointer' }), ''),
  overhead: optional(32, map(quantity()), ''),
  topologySpreadConstraints: optional(33, listMap(TopologySpreadConstraint, ['topologyKey', 'whenUnsatisfiable']), ''),
  ephemeralContainers: optional(34, listMap(EphemeralContainer, ['name']), ''),
  setHostnameAsFQDN: optional(35, boolean({ presence: 'pointer' }), ''),
  os: optional(36, PodOS, ''),
  hostUsers: optional(37, boolean({ presence: 'pointer' }), ''),
  schedulingGates: optional(38, listMap(PodSchedulingGate, ['name']), ''),
  resourceClaims: optional(39, listMap(PodResourceClaim, ['name'], { patchStrategy: 'merge,retainKeys' }), ''),
  resources: optional(40, ResourceRequirements, ''),
  hostnameOverride: optional(41, string({ presence: 'pointer' }), ''),
  schedulingGroup: optional(43, PodSchedulingGroup, ''),
})
export type PodSpec = Static<typeof PodSpec>

export const PodTemplateSpec = message('io.k8s.api.core.v1.PodTemplateSpec', '', {
  metadata: embedded(1, ObjectMeta, ''),
  spec: embedded(2, PodSpec, ''),
})
export type PodTemplateSpec = Static<typeof PodTemplateSpec>
