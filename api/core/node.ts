import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { Taint } from './affinity.ts'
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
  optional,
  quantity,
  required,
  set,
  stored,
  string,
  time,
  type Static,
} from '../schema/schema.ts'

export const ConfigMapNodeConfigSource = message('io.k8s.api.core.v1.ConfigMapNodeConfigSource', '', {
  namespace: required(1, string(), ''),
  name: required(2, string(), ''),
  uid: optional(3, string(), ''),
  resourceVersion: optional(4, string(), ''),
  kubeletConfigKey: required(5, string(), ''),
})
export type ConfigMapNodeConfigSource = Static<typeof ConfigMapNodeConfigSource>

export const NodeConfigSource = message('io.k8s.api.core.v1.NodeConfigSource', '', {
  configMap: optional(2, ConfigMapNodeConfigSource, ''),
})
export type NodeConfigSource = Static<typeof NodeConfigSource>

export const NodeSpec = message('io.k8s.api.core.v1.NodeSpec', '', {
  podCIDR: optional(1, string(), ''),
  externalID: optional(2, string(), ''),
  providerID: optional(3, string(), ''),
  unschedulable: optional(4, boolean(), ''),
  taints: optional(5, list(Taint), ''),
  configSource: optional(6, NodeConfigSource, ''),
  podCIDRs: optional(7, set(string(), { patchStrategy: 'merge' }), ''),
})
export type NodeSpec = Static<typeof NodeSpec>

export const NodeAddress = message('io.k8s.api.core.v1.NodeAddress', '', {
  type: required(1, string(), ''),
  address: required(2, string(), ''),
})
export type NodeAddress = Static<typeof NodeAddress>

export const NodeCondition = message('io.k8s.api.core.v1.NodeCondition', '', {
  type: required(1, string(), ''),
  status: required(2, string(), ''),
  lastHeartbeatTime: optional(3, time(), ''),
  lastTransitionTime: optional(4, time(), ''),
  reason: optional(5, string(), ''),
  message: optional(6, string(), ''),
})
export type NodeCondition = Static<typeof NodeCondition>

export const NodeConfigStatus = message('io.k8s.api.core.v1.NodeConfigStatus', '', {
  assigned: optional(1, NodeConfigSource, ''),
  active: optional(2, NodeConfigSource, ''),
  lastKnownGood: optional(3, NodeConfigSource, ''),
  error: optional(4, string(), ''),
})
export type NodeConfigStatus = Static<typeof NodeConfigStatus>

export const DaemonEndpoint = message('io.k8s.api.core.v1.DaemonEndpoint', '', {
  Port: required(1, int32(), ''),
})
export type DaemonEndpoint = Static<typeof DaemonEndpoint>

export const NodeDaemonEndpoints = message('io.k8s.api.core.v1.NodeDaemonEndpoints', '', {
  kubeletEndpoint: optional(1, DaemonEndpoint, ''),
})
export type NodeDaemonEndpoints = Static<typeof NodeDaemonEndpoints>

export const NodeFeatures = message('io.k8s.api.core.v1.NodeFeatures', '', {
  supplementalGroupsPolicy: optional(1, boolean(), ''),
})
export type NodeFeatures = Static<typeof NodeFeatures>

export const ContainerImage = message('io.k8s.api.core.v1.ContainerImage', '', {
  names: optional(1, list(string()), ''),
  sizeBytes: optional(2, int64(), ''),
})
export type ContainerImage = Static<typeof ContainerImage>

export const NodeSwapStatus = message('io.k8s.api.core.v1.NodeSwapStatus', '', {
  capacity: optional(1, int64(), ''),
})
export type NodeSwapStatus = Static<typeof NodeSwapStatus>

export const NodeSystemInfo = message('io.k8s.api.core.v1.NodeSystemInfo', '', {
  machineID: required(1, string(), ''),
  systemUUID: required(2, string(), ''),
  bootID: required(3, string(), ''),
  kernelVersion: required(4, string(), ''),
  osImage: required(5, string(), ''),
  containerRuntimeVersion: required(6, string(), ''),
  kubeletVersion: required(7, string(), ''),
  kubeProxyVersion: required(8, string(), ''),
  operatingSystem: required(9, string(), ''),
  architecture: required(10, string(), ''),
  swap: optional(11, NodeSwapStatus, ''),
})
export type NodeSystemInfo = Static<typeof NodeSystemInfo>

export const NodeRuntimeHandlerFeatures = message('io.k8s.api.core.v1.NodeRuntimeHandlerFeatures', '', {
  recursiveReadOnlyMounts: optional(1, boolean(), ''),
  userNamespaces: optional(2, boolean(), ''),
})
export type NodeRuntimeHandlerFeatures = Static<typeof NodeRuntimeHandlerFeatures>

export const NodeRuntimeHandler = message('io.k8s.api.core.v1.NodeRuntimeHandler', '', {
  name: optional(1, string(), ''),
  features: optional(2, NodeRuntimeHandlerFeatures, ''),
})
export type NodeRuntimeHandler = Static<typeof NodeRuntimeHandler>

export const AttachedVolume = message('io.k8s.api.core.v1.AttachedVolume', '', {
  name: required(1, string(), ''),
  devicePath: required(2, string(), ''),
})
export type AttachedVolume = Static<typeof AttachedVolume>

export const NodeStatus = message('io.k8s.api.core.v1.NodeStatus', '', {
  capacity: optional(1, map(quantity()), ''),
  allocatable: optional(2, map(quantity()), ''),
  phase: optional(3, string(), ''),
  conditions: optional(4, listMap(NodeCondition, ['type']), ''),
  addresses: optional(5, listMap(NodeAddress, ['type']), ''),
  daemonEndpoints: optional(6, NodeDaemonEndpoints, ''),
  nodeInfo: optional(7, NodeSystemInfo, ''),
  images: optional(8, list(ContainerImage), ''),
  volumesInUse: optional(9, list(string()), ''),
  volumesAttached: optional(10, list(AttachedVolume), ''),
  config: optional(11, NodeConfigStatus, ''),
  runtimeHandlers: optional(12, list(NodeRuntimeHandler), ''),
  features: optional(13, NodeFeatures, ''),
  declaredFeatures: optional(14, list(string()), ''),
})
export type NodeStatus = Static<typeof NodeStatus>

export const NodeSchema = message('io.k8s.api.core.v1.Node', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  spec: embedded(2, NodeSpec, ''),
  status: embedded(3, NodeStatus, ''),
})
export type Node = Static<typeof NodeSchema>

export const Node = defineKind(NodeSchema, {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  subresources: {
    status: { type: 'status', verbs: ['get', 'patch', 'update'] },
    proxy: { type: 'connect', kind: 'NodeProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  },
  columns: [nameColumn, ageColumn],
})
