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

export const ContainerStateRunning = message('io.k8s.api.core.v1.ContainerStateRunning', 'A container that runs.', {
  startedAt: optional(1, nullableTime, 'When it was started.'),
})
export type ContainerStateRunning = Static<typeof ContainerStateRunning>

export const ContainerStateTerminated = message('io.k8s.api.core.v1.ContainerStateTerminated', 'A container that has ended.', {
  exitCode: required(1, int32(), 'Exit code of the last run.'),
  signal: optional(2, int32(), 'Signal that ended it, if any.'),
  reason: optional(3, string(), 'Why it ended, in one word, such as Completed, Error or OOMKilled.'),
  message: optional(4, string(), 'What it left as its termination message.'),
  startedAt: optional(5, nullableTime, 'When the run began.'),
  finishedAt: optional(6, nullableTime, 'When the run ended.'),
  containerID: optional(7, string(), 'Id of the ended container, as runtime://id.'),
})
export type ContainerStateTerminated = Static<typeof ContainerStateTerminated>

export const ContainerStateWaiting = message(
  'io.k8s.api.core.v1.ContainerStateWaiting',
  'A container that does not run yet, or not right now.',
  {
    reason: optional(1, string(), 'What it waits for, in one word, such as ContainerCreating or CrashLoopBackOff.'),
    message: optional(2, string(), 'The same in a sentence.'),
  },
)
export type ContainerStateWaiting = Static<typeof ContainerStateWaiting>

export const ContainerState = message(
  'io.k8s.api.core.v1.ContainerState',
  'What a container does: one of waiting, running and terminated.',
  {
    waiting: optional(1, ContainerStateWaiting, 'It waits to start.'),
    running: optional(2, ContainerStateRunning, 'It runs.'),
    terminated: optional(3, ContainerStateTerminated, 'It has ended.'),
  },
)
export type ContainerState = Static<typeof ContainerState>

export const ImageVolumeStatus = message('io.k8s.api.core.v1.ImageVolumeStatus', 'The image behind a mounted image volume.', {
  imageRef: required(1, string(), 'Digest of the image.'),
})
export type ImageVolumeStatus = Static<typeof ImageVolumeStatus>

export const VolumeStatus = message('io.k8s.api.core.v1.VolumeStatus', 'Facts about a mounted volume.', {
  image: optional(1, ImageVolumeStatus, 'Facts about an image volume.'),
})
export type VolumeStatus = Static<typeof VolumeStatus>

export const VolumeMountStatus = message('io.k8s.api.core.v1.VolumeMountStatus', 'A volume as it is mounted.', {
  name: required(1, string(), 'Name of the volume.'),
  mountPath: required(2, string(), 'Path in the container.'),
  readOnly: optional(3, boolean(), 'Whether it is mounted read-only.'),
  recursiveReadOnly: optional(
    4,
    oneOf(['Disabled', 'IfPossible', 'Enabled'], { presence: 'pointer' }),
    'Whether mounts below it are read-only too: `Disabled` or `Enabled`.',
  ),
  volumeStatus: optional(5, VolumeStatus, 'Facts about the volume.'),
})
export type VolumeMountStatus = Static<typeof VolumeMountStatus>

export const LinuxContainerUser = message('io.k8s.api.core.v1.LinuxContainerUser', "User of a container's first process on Linux.", {
  uid: required(1, int64(), 'User id.'),
  gid: required(2, int64(), 'Group id.'),
  supplementalGroups: optional(3, list(int64()), 'Further groups.'),
})
export type LinuxContainerUser = Static<typeof LinuxContainerUser>

export const ContainerUser = message('io.k8s.api.core.v1.ContainerUser', "User that a container's first process started as.", {
  linux: optional(1, LinuxContainerUser, 'The user on Linux.'),
})
export type ContainerUser = Static<typeof ContainerUser>

export const ResourceHealth = message('io.k8s.api.core.v1.ResourceHealth', 'Health of one device.', {
  resourceID: required(1, string(), 'Id of the device.'),
  health: optional(2, oneOf(['Healthy', 'Unhealthy', 'Unknown']), '`Healthy`, `Unhealthy` or `Unknown`.'),
  message: optional(6, string(), 'More about it in a sentence.'),
})
export type ResourceHealth = Static<typeof ResourceHealth>

export const ResourceStatus = message('io.k8s.api.core.v1.ResourceStatus', 'Health of the devices of one resource.', {
  name: required(1, string(), 'Name of the resource.'),
  resources: optional(2, listMap(ResourceHealth, ['resourceID'], { patchStrategy: 'replace' }), 'The devices.'),
})
export type ResourceStatus = Static<typeof ResourceStatus>

export const ContainerStatus = message('io.k8s.api.core.v1.ContainerStatus', 'How a container is doing.', {
  name: required(1, string(), 'Name of the container in the spec.'),
  state: embedded(2, ContainerState, 'What it does now.'),
  lastState: embedded(3, ContainerState, 'How its previous run ended.'),
  ready: required(4, boolean(), 'Whether it passes its readiness probe.'),
  restartCount: required(5, int32(), 'How often it was restarted.'),
  image: required(6, string(), 'Image it runs.'),
  imageID: required(7, string(), 'Id of that image.'),
  containerID: optional(8, string(), 'Id of the container, as runtime://id.'),
  started: optional(9, boolean({ presence: 'pointer' }), 'Whether it is running and past its startup probe and postStart hook.'),
  allocatedResources: optional(10, map(quantity()), 'Resources the node has set aside for it.'),
  resources: optional(11, ResourceRequirements, 'Resources in force for the running container.'),
  volumeMounts: optional(12, listMap(VolumeMountStatus, ['mountPath']), 'Volumes as they are mounted.'),
  user: optional(13, ContainerUser, 'User of its first process.'),
  allocatedResourcesStatus: optional(14, listMap(ResourceStatus, ['name']), 'Health of its devices.'),
  stopSignal: optional(15, string({ presence: 'pointer' }), 'Signal that asks it to stop.'),
})
export type ContainerStatus = Static<typeof ContainerStatus>

export const PodCondition = message('io.k8s.api.core.v1.PodCondition', 'One fact about the state of a pod.', {
  type: required(1, string(), 'What it is about, such as PodScheduled, Initialized, ContainersReady or Ready.'),
  status: required(2, oneOf(['True', 'False', 'Unknown']), '`True`, `False` or `Unknown`.'),
  lastProbeTime: optional(3, nullableTime, 'When it was last looked at.'),
  lastTransitionTime: optional(4, nullableTime, 'When the status last changed.'),
  reason: optional(5, string(), 'Why, in one word.'),
  message: optional(6, string(), 'Why, in a sentence.'),
  observedGeneration: optional(7, int64(), "Generation of the pod's spec that it is about."),
})
export type PodCondition = Static<typeof PodCondition>

export const HostIP = message('io.k8s.api.core.v1.HostIP', 'An address of the node.', {
  ip: required(1, string(), 'The address.'),
})
export type HostIP = Static<typeof HostIP>

export const PodIP = message('io.k8s.api.core.v1.PodIP', 'An address of the pod.', {
  ip: required(1, string(), 'The address.'),
})
export type PodIP = Static<typeof PodIP>

export const PodResourceClaimStatus = message(
  'io.k8s.api.core.v1.PodResourceClaimStatus',
  'The claim made for an entry of resourceClaims.',
  {
    name: required(1, string(), 'Name of the entry.'),
    resourceClaimName: optional(2, string({ presence: 'pointer' }), 'Name of the ResourceClaim; absent when none was needed.'),
  },
)
export type PodResourceClaimStatus = Static<typeof PodResourceClaimStatus>

export const ContainerExtendedResourceRequest = message(
  'io.k8s.api.core.v1.ContainerExtendedResourceRequest',
  "Which request of a claim serves a container's extended resource.",
  {
    containerName: required(1, string(), 'Name of the container.'),
    resourceName: required(2, string(), 'Name of the extended resource.'),
    requestName: required(3, string(), 'Name of the request in the claim.'),
  },
)
export type ContainerExtendedResourceRequest = Static<typeof ContainerExtendedResourceRequest>

export const PodExtendedResourceClaimStatus = message(
  'io.k8s.api.core.v1.PodExtendedResourceClaimStatus',
  "The claim made for a pod's extended resources.",
  {
    requestMappings: required(1, list(ContainerExtendedResourceRequest), 'Which request serves which container.'),
    resourceClaimName: required(2, string(), 'Name of the ResourceClaim.'),
  },
)
export type PodExtendedResourceClaimStatus = Static<typeof PodExtendedResourceClaimStatus>

export const NodeAllocatableResourceClaimStatus = message(
  'io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus',
  'Ordinary resources of the node that a claim uses up.',
  {
    resourceClaimName: required(1, string(), 'Name of the ResourceClaim.'),
    containers: optional(2, set(string()), 'Containers that share it.'),
    resources: required(3, map(quantity()), 'The amounts, by resource.'),
  },
)
export type NodeAllocatableResourceClaimStatus = Static<typeof NodeAllocatableResourceClaimStatus>

export const PodStatus = message('io.k8s.api.core.v1.PodStatus', 'How a pod is doing, as its node reports it.', {
  phase: optional(
    1,
    oneOf(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']),
    'Where it stands in its life: `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.',
  ),
  conditions: optional(2, listMap(PodCondition, ['type']), 'Facts about its state, one per type.'),
  message: optional(3, string(), 'Why it is in this phase, in a sentence.'),
  reason: optional(4, string(), 'Why it is in this phase, in one word, such as Evicted.'),
  hostIP: optional(5, string(), 'Address of its node.'),
  podIP: optional(6, string(), 'Its address in the cluster.'),
  startTime: optional(7, time(), 'When the node first took notice of it, before pulling images.'),
  containerStatuses: optional(8, list(ContainerStatus), 'State of its containers.'),
  qosClass: optional(
    9,
    oneOf(['Guaranteed', 'Burstable', 'BestEffort']),
    'Quality of service that follows from its resources: `Guaranteed`, `Burstable` or `BestEffort`.',
  ),
  initContainerStatuses: optional(10, list(ContainerStatus), 'State of its init containers.'),
  nominatedNodeName: optional(11, string(), 'Node where room is being made for it.'),
  podIPs: optional(12, listMap(PodIP, ['ip']), 'Its addresses, at most one per IP family; podIP is the first.'),
  ephemeralContainerStatuses: optional(13, list(ContainerStatus), 'State of its ephemeral containers.'),
  resize: optional(
    14,
    oneOf(['Proposed', 'InProgress', 'Deferred', 'Infeasible']),
    'Progress of a change of resources; conditions say it better.',
  ),
  resourceClaimStatuses: optional(
    15,
    listMap(PodResourceClaimStatus, ['name'], { patchStrategy: 'merge,retainKeys' }),
    'Claims made for its resourceClaims.',
  ),
  hostIPs: optional(16, list(HostIP, { patchMergeKey: 'ip' }), 'Addresses of its node; hostIP is the first.'),
  observedGeneration: optional(17, int64(), 'Generation of the spec that this status is about.'),
  extendedResourceClaimStatus: optional(18, PodExtendedResourceClaimStatus, 'Claim made for its extended resources.'),
  allocatedResources: optional(19, map(quantity()), 'Resources set aside for the pod as a whole.'),
  resources: optional(20, ResourceRequirements, 'Resources in force for the pod as a whole.'),
  nodeAllocatableResourceClaimStatuses: optional(
    21,
    list(NodeAllocatableResourceClaimStatus),
    'Ordinary resources that its claims use up.',
  ),
})
export type PodStatus = Static<typeof PodStatus>
