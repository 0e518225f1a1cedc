import { ResourceRequirements } from './container.ts'
import {
  embedded,
  boolean,
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
  set,
  string,
  time,
  type Schema,
  type Static,
} from '../schema/schema.ts'

/** A time that is written as null when it is not known. */
const nullableTime: Schema<string> = { ...time(), presence: 'always' }

export const ContainerStateRunning = message('io.k8s.api.core.v1.ContainerStateRunning', '', {
  startedAt: optional(1, nullableTime, ''),
})
export type ContainerStateRunning = Static<typeof ContainerStateRunning>

export const ContainerStateTerminated = message('io.k8s.api.core.v1.ContainerStateTerminated', '', {
  exitCode: required(1, int32(), ''),
  signal: optional(2, int32(), ''),
  reason: optional(3, string(), ''),
  message: optional(4, string(), ''),
  startedAt: optional(5, nullableTime, ''),
  finishedAt: optional(6, nullableTime, ''),
  containerID: optional(7, string(), ''),
})
export type ContainerStateTerminated = Static<typeof ContainerStateTerminated>

export const ContainerStateWaiting = message('io.k8s.api.core.v1.ContainerStateWaiting', '', {
  reason: optional(1, string(), ''),
  message: optional(2, string(), ''),
})
export type ContainerStateWaiting = Static<typeof ContainerStateWaiting>

export const ContainerState = message('io.k8s.api.core.v1.ContainerState', '', {
  waiting: optional(1, ContainerStateWaiting, ''),
  running: optional(2, ContainerStateRunning, ''),
  terminated: optional(3, ContainerStateTerminated, ''),
})
export type ContainerState = Static<typeof ContainerState>

export const ImageVolumeStatus = message('io.k8s.api.core.v1.ImageVolumeStatus', '', {
  imageRef: required(1, string(), ''),
})
export type ImageVolumeStatus = Static<typeof ImageVolumeStatus>

export const VolumeStatus = message('io.k8s.api.core.v1.VolumeStatus', '', {
  image: optional(1, ImageVolumeStatus, ''),
})
export type VolumeStatus = Static<typeof VolumeStatus>

export const VolumeMountStatus = message('io.k8s.api.core.v1.VolumeMountStatus', '', {
  name: required(1, string(), ''),
  mountPath: required(2, string(), ''),
  readOnly: optional(3, boolean(), ''),
  recursiveReadOnly: optional(4, oneOf(['Disabled', 'IfPossible', 'Enabled'], { presence: 'pointer' }), ''),
  volumeStatus: optional(5, VolumeStatus, ''),
})
export type VolumeMountStatus = Static<typeof VolumeMountStatus>

export const LinuxContainerUser = message('io.k8s.api.core.v1.LinuxContainerUser', '', {
  uid: required(1, int64(), ''),
  gid: required(2, int64(), ''),
  supplementalGroups: optional(3, list(int64()), ''),
})
export type LinuxContainerUser = Static<typeof LinuxContainerUser>

export const ContainerUser = message('io.k8s.api.core.v1.ContainerUser', '', {
  linux: optional(1, LinuxContainerUser, ''),
})
export type ContainerUser = Static<typeof ContainerUser>

export const ResourceHealth = message('io.k8s.api.core.v1.ResourceHealth', '', {
  resourceID: required(1, string(), ''),
  health: optional(2, oneOf(['Healthy', 'Unhealthy', 'Unknown']), ''),
  message: optional(6, string(), ''),
})
export type ResourceHealth = Static<typeof ResourceHealth>

export const ResourceStatus = message('io.k8s.api.core.v1.ResourceStatus', '', {
  name: required(1, string(), ''),
  resources: optional(2, listMap(ResourceHealth, ['resourceID'], { patchStrategy: 'replace' }), ''),
})
export type ResourceStatus = Static<typeof ResourceStatus>

export const ContainerStatus = message('io.k8s.api.core.v1.ContainerStatus', '', {
  name: required(1, string(), ''),
  state: embedded(2, ContainerState, ''),
  lastState: embedded(3, ContainerState, ''),
  ready: required(4, boolean(), ''),
  restartCount: required(5, int32(), ''),
  image: required(6, string(), ''),
  imageID: required(7, string(), ''),
  containerID: optional(8, string(), ''),
  started: optional(9, boolean({ presence: 'pointer' }), ''),
  allocatedResources: optional(10, map(quantity()), ''),
  resources: optional(11, ResourceRequirements, ''),
  volumeMounts: optional(12, listMap(VolumeMountStatus, ['mountPath']), ''),
  user: optional(13, ContainerUser, ''),
  allocatedResourcesStatus: optional(14, listMap(ResourceStatus, ['name']), ''),
  stopSignal: optional(15, string({ presence: 'pointer' }), ''),
})
export type ContainerStatus = Static<typeof ContainerStatus>

export const PodCondition = message('io.k8s.api.core.v1.PodCondition', '', {
  type: required(1, string(), ''),
  status: required(2, oneOf(['True', 'False', 'Unknown']), ''),
  lastProbeTime: optional(3, nullableTime, ''),
  lastTransitionTime: optional(4, nullableTime, ''),
  reason: optional(5, string(), ''),
  message: optional(6, string(), ''),
  observedGeneration: optional(7, int64(), ''),
})
export type PodCondition = Static<typeof PodCondition>

export const HostIP = message('io.k8s.api.core.v1.HostIP', '', {
  ip: required(1, string(), ''),
})
export type HostIP = Static<typeof HostIP>

export const PodIP = message('io.k8s.api.core.v1.PodIP', '', {
  ip: required(1, string(), ''),
})
export type PodIP = Static<typeof PodIP>

export const PodResourceClaimStatus = message('io.k8s.api.core.v1.PodResourceClaimStatus', '', {
  name: required(1, string(), ''),
  resourceClaimName: optional(2, string({ presence: 'pointer' }), ''),
})
export type PodResourceClaimStatus = Static<typeof PodResourceClaimStatus>

export const ContainerExtendedResourceRequest = message('io.k8s.api.core.v1.ContainerExtendedResourceRequest', '', {
  containerName: required(1, string(), ''),
  resourceName: required(2, string(), ''),
  requestName: required(3, string(), ''),
})
export type ContainerExtendedResourceRequest = Static<typeof ContainerExtendedResourceRequest>

export const PodExtendedResourceClaimStatus = message('io.k8s.api.core.v1.PodExtendedResourceClaimStatus', '', {
  requestMappings: required(1, list(ContainerExtendedResourceRequest), ''),
  resourceClaimName: required(2, string(), ''),
})
export type PodExtendedResourceClaimStatus = Static<typeof PodExtendedResourceClaimStatus>

export const NodeAllocatableResourceClaimStatus = message('io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus', '', {
  resourceClaimName: required(1, string(), ''),
  containers: optional(2, set(string()), ''),
  resources: required(3, map(quantity()), ''),
})
export type NodeAllocatableResourceClaimStatus = Static<typeof NodeAllocatableResourceClaimStatus>

export const PodStatus = message('io.k8s.api.core.v1.PodStatus', '', {
  phase: optional(1, oneOf(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']), ''),
  conditions: optional(2, listMap(PodCondition, ['type']), ''),
  message: optional(3, string(), ''),
  reason: optional(4, string(), ''),
  hostIP: optional(5, string(), ''),
  podIP: optional(6, string(), ''),
  startTime: optional(7, time(), ''),
  containerStatuses: optional(8, list(ContainerStatus), ''),
  qosClass: optional(9, oneOf(['Guaranteed', 'Burstable', 'BestEffort']), ''),
  initContainerStatuses: optional(10, list(ContainerStatus), ''),
  nominatedNodeName: optional(11, string(), ''),
  podIPs: optional(12, listMap(PodIP, ['ip']), ''),
  ephemeralContainerStatuses: optional(13, list(ContainerStatus), ''),
  resize: optional(14, oneOf(['Proposed', 'InProgress', 'Deferred', 'Infeasible']), ''),
  resourceClaimStatuses: optional(15, listMap(PodResourceClaimStatus, ['name'], { patchStrategy: 'merge,retainKeys' }), ''),
  hostIPs: optional(16, list(HostIP, { patchMergeKey: 'ip' }), ''),
  observedGeneration: optional(17, int64(), ''),
  extendedResourceClaimStatus: optional(18, PodExtendedResourceClaimStatus, ''),
  allocatedResources: optional(19, map(quantity()), ''),
  resources: optional(20, ResourceRequirements, ''),
  nodeAllocatableResourceClaimStatuses: optional(21, list(NodeAllocatableResourceClaimStatus), ''),
})
export type PodStatus = Static<typeof PodStatus>
