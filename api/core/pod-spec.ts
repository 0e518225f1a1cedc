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

export const HostAlias = message('io.k8s.api.core.v1.HostAlias', "A line of the pod's /etc/hosts.", {
  ip: required(1, string(), 'Address.'),
  hostnames: optional(2, list(string()), 'Names for the address.'),
})
export type HostAlias = Static<typeof HostAlias>

export const PodDNSConfigOption = message('io.k8s.api.core.v1.PodDNSConfigOption', 'An option of the resolver.', {
  name: optional(1, string(), 'Name of the option, such as `ndots`.'),
  value: optional(2, string({ presence: 'pointer' }), 'Value of the option, where it has one.'),
})
export type PodDNSConfigOption = Static<typeof PodDNSConfigOption>

export const PodDNSConfig = message('io.k8s.api.core.v1.PodDNSConfig', 'DNS settings added to those of dnsPolicy.', {
  nameservers: optional(1, list(string()), 'Addresses of further name servers; three at most.'),
  searches: optional(2, list(string()), 'Further domains to search in.'),
  options: optional(3, list(PodDNSConfigOption), 'Resolver options; they replace those of the same name.'),
})
export type PodDNSConfig = Static<typeof PodDNSConfig>

export const PodOS = message('io.k8s.api.core.v1.PodOS', 'Operating system of a pod.', {
  name: required(1, oneOf(['linux', 'windows']), '`linux` or `windows`.'),
})
export type PodOS = Static<typeof PodOS>

export const PodReadinessGate = message(
  'io.k8s.api.core.v1.PodReadinessGate',
  "A condition besides the containers' own that must be true for the pod to be ready.",
  {
    conditionType: required(1, string(), "Type of the condition in the pod's status."),
  },
)
export type PodReadinessGate = Static<typeof PodReadinessGate>

export const PodResourceClaim = message(
  'io.k8s.api.core.v1.PodResourceClaim',
  'A claim for devices that the pod needs; exactly one source.',
  {
    name: required(1, string(), 'Name that containers use for the claim.'),
    resourceClaimName: optional(3, string({ presence: 'pointer' }), 'An existing ResourceClaim.'),
    resourceClaimTemplateName: optional(
      4,
      string({ presence: 'pointer' }),
      'A ResourceClaimTemplate, from which a claim is made for this pod.',
    ),
  },
)
export type PodResourceClaim = Static<typeof PodResourceClaim>

export const PodSchedulingGate = message('io.k8s.api.core.v1.PodSchedulingGate', 'A reason to wait with scheduling.', {
  name: required(1, string(), 'Name of the gate.'),
})
export type PodSchedulingGate = Static<typeof PodSchedulingGate>

export const PodSchedulingGroup = message(
  'io.k8s.api.core.v1.PodSchedulingGroup',
  'The group of pods that is scheduled together with this one.',
  {
    podGroupName: optional(1, string({ presence: 'pointer' }), 'Name of the PodGroup.'),
  },
)
export type PodSchedulingGroup = Static<typeof PodSchedulingGroup>

export const PodSpec = message('io.k8s.api.core.v1.PodSpec', 'What a pod consists of, and how and where it runs.', {
  volumes: optional(1, listMap(Volume, ['name'], { patchStrategy: 'merge,retainKeys' }), 'Volumes that containers can mount.'),
  containers: required(
    2,
    listMap(Container, ['name']),
    'The containers, which run side by side; at least one. Cannot be changed except for images.',
  ),
  restartPolicy: optional(
    3,
    oneOf(['Always', 'OnFailure', 'Never'], { default: 'Always' }),
    'When ended containers are restarted: `Always` (default), `OnFailure` or `Never`.',
  ),
  terminationGracePeriodSeconds: optional(
    4,
    int64({ default: 30, presence: 'pointer' }),
    'Seconds between asking containers to stop and killing them. Default 30; 0 kills at once.',
  ),
  activeDeadlineSeconds: optional(
    5,
    int64({ presence: 'pointer' }),
    'Seconds the pod may take altogether before it is failed. Default: no limit.',
  ),
  dnsPolicy: optional(
    6,
    oneOf(['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'], { default: 'ClusterFirst' }),
    'Where names are looked up: `ClusterFirst` (default), `ClusterFirstWithHostNet`, `Default` (as the node does) or `None`.',
  ),
  nodeSelector: optional(7, map(string(), { atomic: true }), 'Labels that the node must have.'),
  serviceAccountName: optional(8, string(), 'Service account the pod acts as. Default: `default`.'),
  serviceAccount: optional(9, string(), 'Old name of serviceAccountName; always the same.'),
  nodeName: optional(10, string(), 'Node that runs the pod; normally set by the scheduler.'),
  hostNetwork: optional(11, boolean(), "Uses the node's network instead of its own. Default false."),
  hostPID: optional(12, boolean(), "Sees the node's processes. Default false."),
  hostIPC: optional(13, boolean(), "Shares the node's memory segments and queues. Default false."),
  securityContext: optional(14, PodSecurityContext, 'Users, groups and rights of all containers.'),
  imagePullSecrets: optional(15, listMap(LocalObjectReference, ['name']), 'Secrets with credentials for image registries.'),
  hostname: optional(16, string(), "Host name. Default: the pod's name."),
  subdomain: optional(17, string(), 'Name of a headless service; gives the pod a DNS name of its own below it.'),
  affinity: optional(18, Affinity, 'Nodes and pods it is drawn to or keeps away from.'),
  schedulerName: optional(19, string({ default: 'default-scheduler' }), 'Scheduler that finds the node. Default `default-scheduler`.'),
  initContainers: optional(
    20,
    listMap(Container, ['name']),
    'Containers that run to their end, one after the other, before the others start; those with restartPolicy Always keep running as sidecars.',
  ),
  automountServiceAccountToken: optional(
    21,
    boolean({ presence: 'pointer' }),
    'Whether containers get a token of the service account. Default: what the account says, else true.',
  ),
  tolerations: optional(22, list(Toleration), 'Taints of nodes that do not keep the pod away.'),
  hostAliases: optional(23, listMap(HostAlias, ['ip']), 'Lines for /etc/hosts.'),
  priorityClassName: optional(24, string(), 'Priority class, which decides who goes first when room is short.'),
  priority: optional(25, int32({ presence: 'pointer' }), 'Priority as a number; set from the class.'),
  dnsConfig: optional(26, PodDNSConfig, 'Further DNS settings.'),
  shareProcessNamespace: optional(27, boolean({ presence: 'pointer' }), "Lets the containers see each other's processes. Default false."),
  readinessGates: optional(28, list(PodReadinessGate), 'Further conditions of readiness.'),
  runtimeClassName: optional(29, string({ presence: 'pointer' }), "RuntimeClass to run under. Default: the node's usual runtime."),
  enableServiceLinks: optional(
    30,
    boolean({ presence: 'pointer' }),
    'Gives containers environment variables for every service of the namespace. Default true.',
  ),
  preemptionPolicy: optional(
    31,
    oneOf(['PreemptLowerPriority', 'Never'], { presence: 'pointer' }),
    'Whether pods of lower priority may be removed to make room: `PreemptLowerPriority` (default) or `Never`.',
  ),
  overhead: optional(32, map(quantity()), 'Resources the pod itself costs, besides its containers; set from the runtime class.'),
  topologySpreadConstraints: optional(
    33,
    listMap(TopologySpreadConstraint, ['topologyKey', 'whenUnsatisfiable']),
    'How similar pods are spread over the cluster; all must hold.',
  ),
  ephemeralContainers: optional(
    34,
    listMap(EphemeralContainer, ['name']),
    'Containers added for debugging, through the subresource of that name only.',
  ),
  setHostnameAsFQDN: optional(35, boolean({ presence: 'pointer' }), 'Makes the full DNS name the host name. Default false.'),
  os: optional(36, PodOS, 'Operating system the containers are made for.'),
  hostUsers: optional(
    37,
    boolean({ presence: 'pointer' }),
    'False gives the pod user ids of its own, so that its root is nobody on the node. Default true.',
  ),
  schedulingGates: optional(
    38,
    listMap(PodSchedulingGate, ['name']),
    'The pod is not scheduled until all are removed; they can only be given at creation.',
  ),
  resourceClaims: optional(
    39,
    listMap(PodResourceClaim, ['name'], { patchStrategy: 'merge,retainKeys' }),
    'Claims for devices that must be ready before the pod starts.',
  ),
  resources: optional(40, ResourceRequirements, 'Resources of the pod as a whole, shared by its containers: cpu, memory and huge pages.'),
  hostnameOverride: optional(
    41,
    string({ presence: 'pointer' }),
    'Host name exactly as given, in place of what hostname and subdomain make.',
  ),
  schedulingGroup: optional(43, PodSchedulingGroup, 'Group of pods that it is scheduled with.'),
})
export type PodSpec = Static<typeof PodSpec>

export const PodTemplateSpec = message('io.k8s.api.core.v1.PodTemplateSpec', 'What the pods made by a workload look like.', {
  metadata: embedded(1, ObjectMeta, 'Labels and annotations of the pods.'),
  spec: embedded(2, PodSpec, 'Spec of the pods.'),
})
export type PodTemplateSpec = Static<typeof PodTemplateSpec>
