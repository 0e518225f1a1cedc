import { boolean, int64, list, message, optional, required, string, type Static } from '../schema/schema.ts'

export const AppArmorProfile = message('io.k8s.api.core.v1.AppArmorProfile', '', {
  type: required(1, string(), ''),
  localhostProfile: optional(2, string(), ''),
})
export type AppArmorProfile = Static<typeof AppArmorProfile>

export const SeccompProfile = message('io.k8s.api.core.v1.SeccompProfile', '', {
  type: required(1, string(), ''),
  localhostProfile: optional(2, string(), ''),
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
  gmsaCredentialSpecName: optional(1, string(), ''),
  gmsaCredentialSpec: optional(2, string(), ''),
  runAsUserName: optional(3, string(), ''),
  hostProcess: optional(4, boolean(), ''),
})
export type WindowsSecurityContextOptions = Static<typeof WindowsSecurityContextOptions>

export const Capabilities = message('io.k8s.api.core.v1.Capabilities', '', {
  add: optional(1, list(string()), ''),
  drop: optional(2, list(string()), ''),
})
export type Capabilities = Static<typeof Capabilities>

export const SecurityContext = message('io.k8s.api.core.v1.SecurityContext', '', {
  capabilities: optional(1, Capabilities, ''),
  privileged: optional(2, boolean(), ''),
  seLinuxOptions: optional(3, SELinuxOptions, ''),
  runAsUser: optional(4, int64(), ''),
  runAsNonRoot: optional(5, boolean(), ''),
  readOnlyRootFilesystem: optional(6, boolean(), ''),
  allowPrivilegeEscalation: optional(7, boolean(), ''),
  runAsGroup: optional(8, int64(), ''),
  procMount: optional(9, string(), ''),
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
  runAsUser: optional(2, int64(), ''),
  runAsNonRoot: optional(3, boolean(), ''),
  supplementalGroups: optional(4, list(int64()), ''),
  fsGroup: optional(5, int64(), ''),
  runAsGroup: optional(6, int64(), ''),
  sysctls: optional(7, list(Sysctl), ''),
  windowsOptions: optional(8, WindowsSecurityContextOptions, ''),
  fsGroupChangePolicy: optional(9, string(), ''),
  seccompProfile: optional(10, SeccompProfile, ''),
  appArmorProfile: optional(11, AppArmorProfile, ''),
  supplementalGroupsPolicy: optional(12, string(), ''),
  seLinuxChangePolicy: optional(13, string(), ''),
})
export type PodSecurityContext = Static<typeof PodSecurityContext>
