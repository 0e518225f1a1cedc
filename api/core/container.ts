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

export const ContainerPort = message('io.k8s.api.core.v1.ContainerPort', 'A port that a container listens on.', {
  name: optional(1, string(), 'Name that services and probes can use; unique in the pod.'),
  hostPort: optional(2, int32(), 'Port of the node that leads here; few pods need it.'),
  containerPort: required(3, int32(), "Port in the pod's network, 1 to 65535."),
  protocol: optional(4, oneOf(['TCP', 'UDP', 'SCTP'], { default: 'TCP' }), '`TCP` (default), `UDP` or `SCTP`.'),
  hostIP: optional(5, string(), 'Address of the node that hostPort is bound to. Default: all.'),
})
export type ContainerPort = Static<typeof ContainerPort>

export const ResourceClaim = message('io.k8s.api.core.v1.ResourceClaim', 'A claim of the pod that a container makes use of.', {
  name: required(1, string(), "Name of an entry in the pod's resourceClaims."),
  request: optional(2, string(), 'One request of that claim. Default: everything it got.'),
})
export type ResourceClaim = Static<typeof ResourceClaim>

export const ResourceRequirements = message(
  'io.k8s.api.core.v1.ResourceRequirements',
  'How much of each resource is reserved, and how much may be used at most.',
  {
    limits: optional(1, map(quantity()), 'The most that may be used, by resource.'),
    requests: optional(2, map(quantity()), 'What is reserved on the node, by resource. Default: the limit, where there is one.'),
    claims: optional(3, listMap(ResourceClaim, ['name'], { patchStrategy: 'replace' }), 'Claims of the pod that are used here.'),
  },
)
export type ResourceRequirements = Static<typeof ResourceRequirements>

export const ContainerResizePolicy = message(
  'io.k8s.api.core.v1.ContainerResizePolicy',
  'What happens to a container when the amount of a resource is changed in place.',
  {
    resourceName: required(1, string(), '`cpu` or `memory`.'),
    restartPolicy: required(
      2,
      oneOf(['NotRequired', 'RestartContainer']),
      '`NotRequired` keeps it running, `RestartContainer` restarts it.',
    ),
  },
)
export type ContainerResizePolicy = Static<typeof ContainerResizePolicy>

export const ContainerRestartRuleOnExitCodes = message(
  'io.k8s.api.core.v1.ContainerRestartRuleOnExitCodes',
  'Exit codes that a rule is about.',
  {
    operator: required(1, oneOf(['In', 'NotIn']), '`In`: one of the values; `NotIn`: none of them.'),
    values: optional(2, set(int32()), 'Exit codes, 0 to 255; at most 255 of them.'),
  },
)
export type ContainerRestartRuleOnExitCodes = Static<typeof ContainerRestartRuleOnExitCodes>

export const ContainerRestartRule = message('io.k8s.api.core.v1.ContainerRestartRule', "An exception to the container's restart policy.", {
  action: required(
    1,
    oneOf(['Restart', 'RestartAllContainers']),
    'What to do when the rule applies: `Restart` the container, or `RestartAllContainers` of the pod.',
  ),
  exitCodes: optional(2, ContainerRestartRuleOnExitCodes, 'Exit codes that the rule applies to.'),
})
export type ContainerRestartRule = Static<typeof ContainerRestartRule>

export const VolumeDevice = message('io.k8s.api.core.v1.VolumeDevice', 'A block device in a container.', {
  name: required(1, string(), 'Name of a claim volume of the pod.'),
  devicePath: required(2, string(), 'Path in the container where the device appears.'),
})
export type VolumeDevice = Static<typeof VolumeDevice>

export const VolumeMount = message('io.k8s.api.core.v1.VolumeMount', "A volume in a container's file system.", {
  name: required(1, string(), 'Name of a volume of the pod.'),
  readOnly: optional(2, boolean(), 'Mounts without permission to write. Default false.'),
  mountPath: required(3, string(), 'Path in the container where the volume appears; must not contain `:`.'),
  subPath: optional(4, string(), 'Path within the volume to mount instead of its root.'),
  mountPropagation: optional(
    5,
    oneOf(['None', 'HostToContainer', 'Bidirectional'], { presence: 'pointer' }),
    'Whether mounts made later are seen on the other side: `None` (default), `HostToContainer` or `Bidirectional`.',
  ),
  subPathExpr: optional(6, string(), 'As subPath, with `$(NAME)` replaced by environment variables of the container.'),
  recursiveReadOnly: optional(
    7,
    oneOf(['Disabled', 'IfPossible', 'Enabled'], { presence: 'pointer' }),
    'Whether mounts below a read-only one are read-only too: `Disabled`, `IfPossible` or `Enabled`.',
  ),
})
export type VolumeMount = Static<typeof VolumeMount>

export const Container = message('io.k8s.api.core.v1.Container', 'One program of a pod, in an isolated environment of its own.', {
  name: required(1, string(), 'Name, unique in the pod and fixed once given.'),
  image: optional(2, string(), 'Image to run, such as `nginx:1.27`.'),
  command: optional(
    3,
    list(string()),
    "Program to run instead of the image's entry point; `$(NAME)` is replaced by environment variables.",
  ),
  args: optional(4, list(string()), "Arguments instead of the image's; `$(NAME)` is replaced by environment variables."),
  workingDir: optional(5, string(), "Directory to start in. Default: the image's."),
  ports: optional(6, listMap(ContainerPort, ['containerPort', 'protocol']), 'Ports the container listens on; mostly information.'),
  env: optional(7, listMap(EnvVar, ['name']), 'Environment variables.'),
  resources: embedded(8, ResourceRequirements, 'Resources reserved for the container, and its limits.'),
  volumeMounts: optional(9, listMap(VolumeMount, ['mountPath']), "Volumes in the container's file system."),
  livenessProbe: optional(10, Probe, 'Check whose failure restarts the container.'),
  readinessProbe: optional(11, Probe, 'Check whose failure takes the container out of services.'),
  lifecycle: optional(12, Lifecycle, 'Hooks after its start and before its stop.'),
  terminationMessagePath: optional(
    13,
    string({ default: '/dev/termination-log' }),
    'File whose content is reported when the container ends. Default /dev/termination-log.',
  ),
  imagePullPolicy: optional(
    14,
    oneOf(['Always', 'IfNotPresent', 'Never']),
    'When the image is pulled: `Always`, `IfNotPresent` or `Never`. Default: `Always` for the tag latest, else `IfNotPresent`.',
  ),
  securityContext: optional(15, SecurityContext, 'Users and rights of the container.'),
  stdin: optional(16, boolean(), 'Keeps an input open for the container. Default false.'),
  stdinOnce: optional(17, boolean(), 'Closes the input after the first client has left. Default false.'),
  tty: optional(18, boolean(), 'Gives the container a terminal; needs stdin. Default false.'),
  envFrom: optional(
    19,
    list(EnvFromSource),
    'Environment variables from whole ConfigMaps and Secrets; `env` wins, and later ones win over earlier ones.',
  ),
  terminationMessagePolicy: optional(
    20,
    oneOf(['File', 'FallbackToLogsOnError'], { default: 'File' }),
    '`File` (default) reports the file only; `FallbackToLogsOnError` the end of the log when the file is empty and the container failed.',
  ),
  volumeDevices: optional(21, listMap(VolumeDevice, ['devicePath']), 'Block devices in the container.'),
  startupProbe: optional(22, Probe, 'Check that must pass before the other probes begin; its failure restarts the container.'),
  resizePolicy: optional(23, list(ContainerResizePolicy), 'What happens when resources are changed in place, by resource.'),
  restartPolicy: optional(
    24,
    oneOf(['Always', 'Never', 'OnFailure'], { presence: 'pointer' }),
    'When the container is restarted, instead of what the pod says; `Always` makes an init container a sidecar.',
  ),
  restartPolicyRules: optional(25, list(ContainerRestartRule), 'Exceptions to restartPolicy; the first that applies decides.'),
})
export type Container = Static<typeof Container>

export const EphemeralContainer = message(
  'io.k8s.api.core.v1.EphemeralContainer',
  'A container added to a running pod to look into it; never restarted and without guaranteed resources.',
  {
    args: optional(0, list(string()), "Arguments instead of the image's; `$(NAME)` is replaced by environment variables."),
    command: optional(
      0,
      list(string()),
      "Program to run instead of the image's entry point; `$(NAME)` is replaced by environment variables.",
    ),
    env: optional(0, listMap(EnvVar, ['name']), 'Environment variables.'),
    envFrom: optional(
      0,
      list(EnvFromSource),
      'Environment variables from whole ConfigMaps and Secrets; `env` wins, and later ones win over earlier ones.',
    ),
    image: optional(0, string(), 'Image to run, such as `nginx:1.27`.'),
    imagePullPolicy: optional(
      0,
      oneOf(['Always', 'IfNotPresent', 'Never']),
      'When the image is pulled: `Always`, `IfNotPresent` or `Never`. Default: `Always` for the tag latest, else `IfNotPresent`.',
    ),
    lifecycle: optional(0, Lifecycle, 'Not allowed here.'),
    livenessProbe: optional(0, Probe, 'Not allowed here.'),
    name: required(0, string(), 'Name, unique in the pod and fixed once given.'),
    ports: optional(0, listMap(ContainerPort, ['containerPort', 'protocol']), 'Not allowed here.'),
    readinessProbe: optional(0, Probe, 'Not allowed here.'),
    resizePolicy: optional(0, list(ContainerResizePolicy), 'Not allowed here.'),
    resources: embedded(0, ResourceRequirements, 'Not allowed here.'),
    restartPolicy: optional(0, oneOf(['Always', 'Never', 'OnFailure'], { presence: 'pointer' }), 'Not allowed here.'),
    restartPolicyRules: optional(0, list(ContainerRestartRule), 'Not allowed here.'),
    securityContext: optional(0, SecurityContext, 'Users and rights of the container.'),
    startupProbe: optional(0, Probe, 'Not allowed here.'),
    stdin: optional(0, boolean(), 'Keeps an input open for the container. Default false.'),
    stdinOnce: optional(0, boolean(), 'Closes the input after the first client has left. Default false.'),
    terminationMessagePath: optional(
      0,
      string({ default: '/dev/termination-log' }),
      'File whose content is reported when the container ends. Default /dev/termination-log.',
    ),
    terminationMessagePolicy: optional(
      0,
      oneOf(['File', 'FallbackToLogsOnError'], { default: 'File' }),
      '`File` (default) reports the file only; `FallbackToLogsOnError` the end of the log when the file is empty and the container failed.',
    ),
    tty: optional(0, boolean(), 'Gives the container a terminal; needs stdin. Default false.'),
    volumeDevices: optional(0, listMap(VolumeDevice, ['devicePath']), 'Block devices in the container.'),
    volumeMounts: optional(0, listMap(VolumeMount, ['mountPath']), "Volumes in the container's file system."),
    workingDir: optional(0, string(), "Directory to start in. Default: the image's."),
    targetContainerName: optional(2, string(), 'Container whose process namespace it joins.'),
  },
)
export type EphemeralContainer = Static<typeof EphemeralContainer>
