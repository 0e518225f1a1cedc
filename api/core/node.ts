import { nodeColumns } from './node-printer.ts'
import { applyNodeDefaults, prepareNodeForCreate, withoutConfigSource } from './node-defaults.ts'
import { validateNode, validateNodeUpdate } from './node-validation.ts'
import { defineKind } from '../kind.ts'
import { Taint } from './affinity.ts'
import { ObjectMeta } from '../meta.ts'
import { dns1123SubdomainErrors, nameCheck } from '../names.ts'
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

export const ConfigMapNodeConfigSource = message(
  'io.k8s.api.core.v1.ConfigMapNodeConfigSource',
  'Where in a ConfigMap the configuration of a kubelet would be (no longer used).',
  {
    namespace: required(1, string(), 'Namespace of the ConfigMap.'),
    name: required(2, string(), 'Name of the ConfigMap.'),
    uid: optional(3, string(), 'UID of the ConfigMap; forbidden in spec.'),
    resourceVersion: optional(4, string(), 'Revision of the ConfigMap; forbidden in spec.'),
    kubeletConfigKey: required(5, string(), 'Key that holds the configuration.'),
  },
)
export type ConfigMapNodeConfigSource = Static<typeof ConfigMapNodeConfigSource>

export const NodeConfigSource = message(
  'io.k8s.api.core.v1.NodeConfigSource',
  'Where the configuration of a kubelet would come from (no longer used).',
  {
    configMap: optional(2, ConfigMapNodeConfigSource, 'A ConfigMap that holds it.'),
  },
)
export type NodeConfigSource = Static<typeof NodeConfigSource>

export const NodeSpec = message('io.k8s.api.core.v1.NodeSpec', 'How a node is to be used.', {
  podCIDR: optional(1, string(), 'Range of addresses for the pods of the node.'),
  externalID: optional(2, string(), 'Obsolete; accepted and ignored.'),
  providerID: optional(3, string(), 'How the infrastructure that runs the node identifies it.'),
  unschedulable: optional(4, boolean(), 'When true the scheduler puts no new pods here; kubectl cordon sets it.'),
  taints: optional(5, list(Taint), 'What keeps away pods that do not tolerate it.'),
  configSource: optional(6, NodeConfigSource, 'Obsolete; accepted and ignored.'),
  podCIDRs: optional(
    7,
    set(string(), { patchStrategy: 'merge' }),
    'Ranges of addresses for the pods of the node, at most one per address family.',
  ),
})
export type NodeSpec = Static<typeof NodeSpec>

export const NodeAddress = message('io.k8s.api.core.v1.NodeAddress', 'One way to reach a node.', {
  type: required(1, string(), 'What kind of address this is: Hostname, InternalIP, ExternalIP, InternalDNS or ExternalDNS.'),
  address: required(2, string(), 'The address itself.'),
})
export type NodeAddress = Static<typeof NodeAddress>

export const NodeCondition = message('io.k8s.api.core.v1.NodeCondition', 'One aspect of the health of a node.', {
  type: required(1, string(), 'Which aspect: Ready, MemoryPressure, DiskPressure, PIDPressure, NetworkUnavailable.'),
  status: required(2, string(), 'True, False or Unknown.'),
  lastHeartbeatTime: optional(3, time(), 'When the kubelet last reported this.'),
  lastTransitionTime: optional(4, time(), 'When the status last changed.'),
  reason: optional(5, string(), 'A word for programs that says why.'),
  message: optional(6, string(), 'A sentence for people that says why.'),
})
export type NodeCondition = Static<typeof NodeCondition>

export const NodeConfigStatus = message(
  'io.k8s.api.core.v1.NodeConfigStatus',
  'Which configuration a kubelet would be using (no longer used).',
  {
    assigned: optional(1, NodeConfigSource, 'The one it was told to use.'),
    active: optional(2, NodeConfigSource, 'The one in use.'),
    lastKnownGood: optional(3, NodeConfigSource, 'The one to return to after a failure.'),
    error: optional(4, string(), 'What went wrong with the assigned one.'),
  },
)
export type NodeConfigStatus = Static<typeof NodeConfigStatus>

export const DaemonEndpoint = message('io.k8s.api.core.v1.DaemonEndpoint', 'The port that a daemon of the node listens on.', {
  Port: required(1, int32(), 'Port number.'),
})
export type DaemonEndpoint = Static<typeof DaemonEndpoint>

export const NodeDaemonEndpoints = message('io.k8s.api.core.v1.NodeDaemonEndpoints', 'The ports of the daemons that run on a node.', {
  kubeletEndpoint: embedded(1, DaemonEndpoint, 'Where the kubelet serves its API.'),
})
export type NodeDaemonEndpoints = Static<typeof NodeDaemonEndpoints>

export const NodeFeatures = message('io.k8s.api.core.v1.NodeFeatures', 'What the container runtime of a node is able to do.', {
  supplementalGroupsPolicy: optional(1, boolean({ presence: 'pointer' }), 'Whether pods may choose how supplemental groups are computed.'),
})
export type NodeFeatures = Static<typeof NodeFeatures>

export const ContainerImage = message('io.k8s.api.core.v1.ContainerImage', 'An image that is on the node.', {
  names: optional(1, list(string()), 'Tags and digests that it is known by.'),
  sizeBytes: optional(2, int64(), 'Its size in bytes.'),
})
export type ContainerImage = Static<typeof ContainerImage>

export const NodeSwapStatus = message('io.k8s.api.core.v1.NodeSwapStatus', 'Swap space of a node.', {
  capacity: optional(1, int64({ presence: 'pointer' }), 'Its size in bytes.'),
})
export type NodeSwapStatus = Static<typeof NodeSwapStatus>

export const NodeSystemInfo = message('io.k8s.api.core.v1.NodeSystemInfo', 'What software and machine a node is.', {
  machineID: required(1, string(), 'Identifies the machine, as /etc/machine-id has it.'),
  systemUUID: required(2, string(), 'Identifies the hardware.'),
  bootID: required(3, string(), 'Changes at every boot.'),
  kernelVersion: required(4, string(), 'Version of the kernel.'),
  osImage: required(5, string(), 'Name and version of the operating system.'),
  containerRuntimeVersion: required(6, string(), 'Container runtime and its version, as name://version.'),
  kubeletVersion: required(7, string(), 'Version of the kubelet.'),
  kubeProxyVersion: required(8, string(), 'Obsolete; empty or that of the service proxy.'),
  operatingSystem: required(9, string(), 'linux or windows.'),
  architecture: required(10, string(), 'Processor architecture, such as amd64 or arm64.'),
  swap: optional(11, NodeSwapStatus, 'Swap space that the node has.'),
})
export type NodeSystemInfo = Static<typeof NodeSystemInfo>

export const NodeRuntimeHandlerFeatures = message(
  'io.k8s.api.core.v1.NodeRuntimeHandlerFeatures',
  'What one handler of the container runtime is able to do.',
  {
    recursiveReadOnlyMounts: optional(1, boolean({ presence: 'pointer' }), 'Whether mounts can be read-only with everything below them.'),
    userNamespaces: optional(2, boolean({ presence: 'pointer' }), 'Whether pods can have user namespaces of their own.'),
  },
)
export type NodeRuntimeHandlerFeatures = Static<typeof NodeRuntimeHandlerFeatures>

export const NodeRuntimeHandler = message(
  'io.k8s.api.core.v1.NodeRuntimeHandler',
  'A handler of the container runtime, as RuntimeClasses name them.',
  {
    name: embedded(1, string(), 'Its name; empty for the default one.'),
    features: optional(2, NodeRuntimeHandlerFeatures, 'What it is able to do.'),
  },
)
export type NodeRuntimeHandler = Static<typeof NodeRuntimeHandler>

export const AttachedVolume = message('io.k8s.api.core.v1.AttachedVolume', 'A volume that is attached to the node.', {
  name: required(1, string(), 'Its name.'),
  devicePath: required(2, string(), 'Device that it appears as.'),
})
export type AttachedVolume = Static<typeof AttachedVolume>

export const NodeStatus = message('io.k8s.api.core.v1.NodeStatus', 'What a node has and how it is; written by its kubelet.', {
  capacity: optional(1, map(quantity()), 'All resources of the node.'),
  allocatable: optional(2, map(quantity()), 'The part of the resources that pods may use.'),
  phase: optional(3, string(), 'Obsolete.'),
  conditions: optional(4, listMap(NodeCondition, ['type']), 'How healthy the node is, by aspect.'),
  addresses: optional(5, listMap(NodeAddress, ['type']), 'How to reach the node.'),
  daemonEndpoints: embedded(6, NodeDaemonEndpoints, 'Where the daemons of the node listen.'),
  nodeInfo: embedded(7, NodeSystemInfo, 'Software and machine of the node.'),
  images: optional(8, list(ContainerImage), 'Images that are on the node.'),
  volumesInUse: optional(9, list(string()), 'Volumes that pods of the node use and that must stay attached.'),
  volumesAttached: optional(10, list(AttachedVolume), 'Volumes that are attached to the node.'),
  config: optional(11, NodeConfigStatus, 'Obsolete.'),
  runtimeHandlers: optional(12, list(NodeRuntimeHandler), 'Handlers of the container runtime.'),
  features: optional(13, NodeFeatures, 'What the container runtime is able to do.'),
  declaredFeatures: optional(14, list(string()), 'Features of the kubelet that the scheduler may count on.'),
})
export type NodeStatus = Static<typeof NodeStatus>

export const NodeSchema = message('io.k8s.api.core.v1.Node', 'A machine that runs pods.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: Node.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: embedded(2, NodeSpec, 'How the node is to be used.'),
  status: embedded(3, NodeStatus, 'What the node has and how it is.'),
})
export type Node = Static<typeof NodeSchema>

export const Node = defineKind(NodeSchema, {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  keepsStatusAtCreation: true,
  shortNames: ['no'],
  namespaced: false,
  subresources: {
    status: { type: 'status', verbs: ['get', 'patch', 'update'] },
    proxy: { type: 'connect', kind: 'NodeProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  },
  selectableFields: { 'spec.unschedulable': node => String(node.spec.unschedulable ?? false) },
  validateName: nameCheck(dns1123SubdomainErrors),
  applyDefaults: applyNodeDefaults,
  prepareForCreate: prepareNodeForCreate,
  prepareForUpdate: withoutConfigSource,
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  validateStatusUpdate: validateNodeUpdate,
  columns: nodeColumns,
})
