import { boolean, int64, list, message, oneOf, optional, required, string, type Static } from '../schema/schema.ts'

export const AppArmorProfile = message('io.k8s.api.core.v1.AppArmorProfile', 'AppArmor profile that confines a container.', {
  type: required(
    1,
    oneOf(['Localhost', 'RuntimeDefault', 'Unconfined']),
    'Where the profile comes from: `Localhost`, `RuntimeDefault` or `Unconfined`.',
  ),
  localhostProfile: optional(2, string({ presence: 'pointer' }), 'Name of a profile that is loaded on the node; only with `Localhost`.'),
})
export type AppArmorProfile = Static<typeof AppArmorProfile>

export const SeccompProfile = message('io.k8s.api.core.v1.SeccompProfile', 'Filter of system calls of a container.', {
  type: required(
    1,
    oneOf(['Localhost', 'RuntimeDefault', 'Unconfined']),
    'Where the filter comes from: `Localhost`, `RuntimeDefault` or `Unconfined`.',
  ),
  localhostProfile: optional(
    2,
    string({ presence: 'pointer' }),
    "Path of a filter file on the node, below the kubelet's seccomp directory; only with `Localhost`.",
  ),
})
export type SeccompProfile = Static<typeof SeccompProfile>

export const SELinuxOptions = message('io.k8s.api.core.v1.SELinuxOptions', "SELinux label of a container's processes.", {
  user: optional(1, string(), 'User part of the label.'),
  role: optional(2, string(), 'Role part of the label.'),
  type: optional(3, string(), 'Type part of the label.'),
  level: optional(4, string(), 'Level part of the label.'),
})
export type SELinuxOptions = Static<typeof SELinuxOptions>

export const WindowsSecurityContextOptions = message(
  'io.k8s.api.core.v1.WindowsSecurityContextOptions',
  'Settings that matter on Windows nodes only.',
  {
    gmsaCredentialSpecName: optional(1, string({ presence: 'pointer' }), 'Windows only: name of the group-managed account to use.'),
    gmsaCredentialSpec: optional(2, string({ presence: 'pointer' }), "Windows only: the group-managed account's specification itself."),
    runAsUserName: optional(3, string({ presence: 'pointer' }), 'Windows only: name of the user that the process runs as.'),
    hostProcess: optional(4, boolean({ presence: 'pointer' }), 'Windows only: runs directly on the node instead of in a container.'),
  },
)
export type WindowsSecurityContextOptions = Static<typeof WindowsSecurityContextOptions>

export const Capabilities = message(
  'io.k8s.api.core.v1.Capabilities',
  "Kernel capabilities that a container has more or fewer than the runtime's default.",
  {
    add: optional(1, list(string()), 'Capabilities to grant, without the prefix `CAP_`; `ALL` for every one.'),
    drop: optional(2, list(string()), 'Capabilities to take away; `ALL` for every one.'),
  },
)
export type Capabilities = Static<typeof Capabilities>

export const SecurityContext = message(
  'io.k8s.api.core.v1.SecurityContext',
  "What one container may do on its node; wins over the pod's settings.",
  {
    capabilities: optional(1, Capabilities, 'Capabilities to add and to drop.'),
    privileged: optional(2, boolean({ presence: 'pointer' }), "Gives the container nearly all rights of the node's root. Default false."),
    seLinuxOptions: optional(3, SELinuxOptions, 'SELinux label; the runtime makes one up when absent.'),
    runAsUser: optional(4, int64({ presence: 'pointer' }), "User id of the first process; by default the image's."),
    runAsNonRoot: optional(5, boolean({ presence: 'pointer' }), 'Refuses to start the container as user 0. Default false.'),
    readOnlyRootFilesystem: optional(6, boolean({ presence: 'pointer' }), 'Mounts the image read-only. Default false.'),
    allowPrivilegeEscalation: optional(
      7,
      boolean({ presence: 'pointer' }),
      'Whether a process may gain more rights than its parent, for instance through set-uid files. Default true.',
    ),
    runAsGroup: optional(8, int64({ presence: 'pointer' }), "Group id of the first process; by default the image's."),
    procMount: optional(
      9,
      oneOf(['Default', 'Unmasked'], { presence: 'pointer' }),
      'How /proc is mounted: `Default` hides sensitive parts, `Unmasked` shows all.',
    ),
    windowsOptions: optional(10, WindowsSecurityContextOptions, 'Settings for Windows nodes.'),
    seccompProfile: optional(11, SeccompProfile, "Filter of system calls; by default the pod's."),
    appArmorProfile: optional(12, AppArmorProfile, "AppArmor profile; by default the pod's."),
  },
)
export type SecurityContext = Static<typeof SecurityContext>

export const Sysctl = message('io.k8s.api.core.v1.Sysctl', "One kernel setting of the pod's namespaces.", {
  name: required(1, string(), 'Name of the setting, such as `net.ipv4.ip_local_port_range`.'),
  value: required(2, string(), 'Value to set.'),
})
export type Sysctl = Static<typeof Sysctl>

export const PodSecurityContext = message(
  'io.k8s.api.core.v1.PodSecurityContext',
  'What all containers of a pod have in common about users, groups and rights.',
  {
    seLinuxOptions: optional(1, SELinuxOptions, 'SELinux label of all containers that have none of their own.'),
    runAsUser: optional(2, int64({ presence: 'pointer' }), 'User id of all containers that name none of their own.'),
    runAsNonRoot: optional(3, boolean({ presence: 'pointer' }), 'Refuses to start containers as user 0. Default false.'),
    supplementalGroups: optional(4, list(int64()), 'Further groups of the first process of every container.'),
    fsGroup: optional(
      5,
      int64({ presence: 'pointer' }),
      'Group that owns the files of volumes which support it, and that every container belongs to.',
    ),
    runAsGroup: optional(6, int64({ presence: 'pointer' }), 'Group id of all containers that name none of their own.'),
    sysctls: optional(7, list(Sysctl), "Kernel settings of the pod's namespaces."),
    windowsOptions: optional(8, WindowsSecurityContextOptions, 'Settings of all containers on Windows nodes.'),
    fsGroupChangePolicy: optional(
      9,
      oneOf(['Always', 'OnRootMismatch'], { presence: 'pointer' }),
      "When the group of a volume's files is changed: `Always` (default), or `OnRootMismatch`, only if the top directory differs.",
    ),
    seccompProfile: optional(10, SeccompProfile, 'Filter of system calls of all containers without their own.'),
    appArmorProfile: optional(11, AppArmorProfile, 'AppArmor profile of all containers without their own.'),
    supplementalGroupsPolicy: optional(
      12,
      oneOf(['Merge', 'Strict'], { presence: 'pointer' }),
      "`Merge` (default) adds the groups that the image's /etc/group lists for the user; `Strict` does not.",
    ),
    seLinuxChangePolicy: optional(
      13,
      oneOf(['MountOption', 'Recursive'], { presence: 'pointer' }),
      'How volumes get their SELinux label: `MountOption` at mount time, `Recursive` file by file.',
    ),
  },
)
export type PodSecurityContext = Static<typeof PodSecurityContext>
