import { asInternal } from '../schema/as-internal.ts'
import { descendingPath, idErrors, invalidAll, supported } from './pod-field-checks.ts'
import type { AppArmorProfile, SeccompProfile, SecurityContext, WindowsSecurityContextOptions } from './security-context.ts'
import { fieldInvalid, fieldRequired, fieldTooLong, type FieldError } from '../schema/field-error.ts'

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'] as const
const longestProfile = 4095

export function validateSeccompProfile(profile: SeccompProfile | undefined, path: string): FieldError[] {
  if (!profile) return []
  const { type, localhostProfile: file } = profile
  const errors = type
    ? supported(`${path}.type`, type, profileTypes)
    : [fieldRequired(`${path}.type`, 'type is required when seccompProfile is set')]
  const at = `${path}.localhostProfile`
  if (type === 'Localhost') {
    return [
      ...errors,
      ...(file === undefined ? [fieldRequired(at, 'must be set when seccomp type is Localhost')] : descendingPath(file, at)),
    ]
  }
  return file === undefined ? errors : [...errors, fieldInvalid(at, file, 'can only be set when seccomp type is Localhost')]
}

export function validateAppArmorProfile(profile: AppArmorProfile | undefined, path: string): FieldError[] {
  if (!profile) return []
  const { type, localhostProfile: name } = profile
  const at = `${path}.localhostProfile`
  if (type === 'Localhost') {
    if (name === undefined) return [fieldRequired(at, 'must be set when AppArmor type is Localhost')]
    if (name.trim() !== name) return [fieldInvalid(at, name, 'must not be padded with whitespace')]
    if (name === '') return [fieldRequired(at, 'must be set when AppArmor type is Localhost')]
    return name.length > longestProfile ? [fieldTooLong(at, longestProfile)] : []
  }
  if (!type) return [fieldRequired(`${path}.type`, 'type is required when appArmorProfile is set')]
  const errors = supported(`${path}.type`, type, profileTypes)
  return errors.length === 0 && name !== undefined ? [fieldInvalid(at, name, 'can only be set when AppArmor type is Localhost')] : errors
}

export function validateWindowsOptions(options: WindowsSecurityContextOptions | undefined, path: string): FieldError[] {
  if (!options) return []
  const { gmsaCredentialSpecName: specName, gmsaCredentialSpec: spec, runAsUserName: user } = options
  const errors: FieldError[] = []
  if (specName === '')
    errors.push(fieldInvalid(`${path}.gmsaCredentialSpecName`, specName, 'gmsaCredentialSpecName cannot be an empty string'))
  if (spec === '') errors.push(fieldInvalid(`${path}.gmsaCredentialSpec`, spec, 'gmsaCredentialSpec cannot be an empty string'))
  if (user === '') errors.push(fieldInvalid(`${path}.runAsUserName`, user, 'runAsUserName cannot be an empty string'))
  return errors
}

const internalFields = [
  'Capabilities',
  'Privileged',
  'SELinuxOptions',
  'WindowsOptions',
  'RunAsUser',
  'RunAsGroup',
  'RunAsNonRoot',
  'ReadOnlyRootFilesystem',
  'AllowPrivilegeEscalation',
  'ProcMount',
  'SeccompProfile',
  'AppArmorProfile',
]

/** Both grant what `allowPrivilegeEscalation: false` takes away. */
function validateEscalation(context: SecurityContext, path: string): FieldError[] {
  if (context.allowPrivilegeEscalation !== false) return []
  const shown = asInternal(internalFields, {
    ...context,
    ...(context.capabilities ? { capabilities: asInternal(['Add', 'Drop'], context.capabilities) } : {}),
  })
  return [
    ...(context.privileged ? [fieldInvalid(path, shown, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true')] : []),
    ...(context.capabilities?.add ?? [])
      .filter(capability => capability === 'CAP_SYS_ADMIN')
      .map(() => fieldInvalid(path, shown, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN')),
  ]
}

function validateProcMount(procMount: string | undefined, hostUsers: boolean, path: string): FieldError[] {
  if (procMount === undefined) return []
  const errors = supported(path, procMount, ['Default', 'Unmasked'])
  return hostUsers && procMount === 'Unmasked'
    ? [...errors, fieldInvalid(path, procMount, '`hostUsers` must be false to use `Unmasked`')]
    : errors
}

/** `hostUsers`: the pod's user ids are the node's. */
export function validateSecurityContext(context: SecurityContext | undefined, hostUsers: boolean, path: string): FieldError[] {
  if (!context) return []
  const { runAsUser, runAsGroup } = context
  return [
    ...(runAsUser === undefined ? [] : invalidAll(`${path}.runAsUser`, runAsUser, idErrors(runAsUser))),
    ...(runAsGroup === undefined ? [] : invalidAll(`${path}.runAsGroup`, runAsGroup, idErrors(runAsGroup))),
    ...validateProcMount(context.procMount, hostUsers, `${path}.procMount`),
    ...validateSeccompProfile(context.seccompProfile, `${path}.seccompProfile`),
    ...validateEscalation(context, path),
    ...validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`),
    ...validateAppArmorProfile(context.appArmorProfile, `${path}.appArmorProfile`),
  ]
}
