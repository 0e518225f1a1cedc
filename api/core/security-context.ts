import { boolean, int64, list, message, oneOf, optional, required, string, type Static } from '../schema/schema.ts'

export const AppArmorProfile = message('io.k8s.api.core.v1.AppArmorProfile', '', {
  type: required(1, oneOf(['Localhost', 'RuntimeDefault', 'Unconfined']), ''),
  localhostProfile: optional(2, string({ presence: 'pointer' }), ''),
})
export type AppArmorProfile = Static<typeof AppArmorProfile>

export const SeccompProfile = message('io.k8s.api.core.v1.SeccompProfile', '', {
  type: required(1, oneOf(['Localhost', 'RuntimeDefault', 'Unconfined']), ''),
  localhostProfile: optional(2, string({ presence: 'pointer' }), ''),
})
export type SeccompProfile = Static<typeof SeccompProfile>

export const SELinuxOptions = message('io.k8s.api.core.v1.SELinuxOptions', '', {
  user: optional(1, string(), ''),
  role: optional(2, string(), ''),
  type: optional(3, string(), ''),
  level: optional(4, string(), ''),
})
export type SELinuxOptions = Static<typeof SELinuxOptions>

export const WindowsSecurityContextOptions = message('io.k8s.api.core.v1.WindowsSecurityContextOptions', '', {
  gmsaCredentialSpecName: optional(1, string({ presence: 'pointer' }), ''),
  gmsaCredentialSpec: optional(2, string({ presence: 'pointer' }), ''),
  runAsUserName: optional(3, string({ presence: 'pointer' }), ''),
  hostProcess: optional(4, boolean({ presence: 'pointer' }), ''),
})
export type WindowsSecurityContextOptions = Static<typeof WindowsSecurityContextOptions>

export const Capabilities = message('io.k8s.api.core.v1.Capabilities', '', {
  add: optional(1, list(string()), ''),
  drop: optional(2, list(string()), ''),
})
export type Capabilities = Static<typeof Capabilities>

export const SecurityContext = message('io.k8s.api.core.v1.SecurityContext', '', {
  capabilities: optional(1, Capabilities, ''),
  privileged: optional(2, boolean({ presence: 'pointer' }), ''),
  seLinuxOptions: optional(3, SELinuxOptions, ''),
  runAsUser: optional(4, int64({ presence: 'pointer' }), ''),
  runAsNonRoot: optional(5, boolean({ presence: 'pointer' }), ''),
  readOnlyRootFilesystem: optional(6, boolean({ presence: 'pointer' }), ''),
  allowPrivilegeEscalation: optional(7, boolean({ presence: 'pointer' }), ''),
  runAsGroup: optional(8, int64({ presence: 'pointer' }), ''),
  procMount: optional(9, oneOf(['Default', 'Unmasked'], { presence: 'pointer' }), ''),
  windowsOptions: optional(10, WindowsSecurityContextOptions, ''),
  seccompProfile: optional(11, SeccompProfile, ''),
  appArmorProfile: optional(12, AppArmorProfile, ''),
})
export type SecurityContext = Static<typeof SecurityContext>

export const Sysctl = message('io.k8s.api.core.v1.Sysctl', '', {
  name: required(1, string(), ''),
  value: required(2, string(), ''),
})
export type Sysctl = Static<typeof Sysctl>

export const PodSecurityContext = message('io.k8s.api.core.v1.PodSecurityContext', '', {
  seLinuxOptions: optional(1, SELinuxOptions, ''),
  runAsUser: optional(2, int64({ presence: 'pointer' }), ''),
  runAsNonRoot: optional(3, boolean({ presence: 'pointer' }), ''),
  supplementalGroups: optional(4, list(int64()), ''),
  fsGroup: optional(5, int64({ presence: 'pointer' }), ''),
  runAsGroup: optional(6, int64({ presence: 'pointer' }), ''),
  sysctls: optional(7, list(Sysctl), ''),
  windowsOptions: optional(8, WindowsSecurityContextOptions, ''),
  fsGroupChangePolicy: optional(9, oneOf(['Always', 'OnRootMismatch'], { presence: 'pointer' }), ''),
  seccompProfile: optional(10, SeccompProfile, ''),
  appArmorProfile: optional(11, AppArmorProfile, ''),
  supplementalGroupsPolicy: optional(12, oneOf(['Merge', 'Strict'], { presence: 'pointer' }), ''),
  seLinuxChangePolicy: optional(13, oneOf(['MountOption', 'Recursive'], { presence: 'pointer' }), ''),
})
export type PodSecurityContext = Static<typeof PodSecurityContext>
