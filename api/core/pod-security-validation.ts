import { validateAppArmorProfile, validateSeccompProfile, validateWindowsOptions } from './container-security-validation.ts'
import { eachAt, idErrors, invalidAll, supported } from './pod-field-checks.ts'
import { validateHostNetworkPorts } from './pod-network-validation.ts'
import type { PodSpec } from './pod-spec.ts'
import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'

const segment = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const sysctlName = `(${segment}[\\./])*${segment}`
const sysctlPattern = new RegExp(`^${sysctlName}$`)
const longestSysctl = 253
/** Kernel settings of namespaces that are the host's when the pod shares them. */
const ipcSysctl = /^(kernel[./](shm|msg|sem)|fs[./]mqueue[./])/

function sysctlErrors(name: string, { hostNetwork, hostIPC }: PodSpec): string[] {
  if (name.length > longestSysctl || !sysctlPattern.test(name))
    return [`must have at most ${longestSysctl} characters and match regex ${sysctlName}`]
  if (hostNetwork && /^net[./]/.test(name)) return ['may not be specified when hostNetwork is true']
  return hostIPC && ipcSysctl.test(name) ? ['may not be specified when hostIPC is true'] : []
}

function validateSysctls(spec: PodSpec, path: string): FieldError[] {
  const names = new Set<string>()
  return eachAt(spec.securityContext?.sysctls ?? [], path, ({ name }, at) => {
    const plain = name.replaceAll('/', '.')
    const duplicate = names.has(plain)
    names.add(plain)
    return [
      ...(name ? invalidAll(`${at}.name`, name, sysctlErrors(name, spec)) : [fieldRequired(`${at}.name`)]),
      ...(duplicate ? [fieldDuplicate(`${at}.name`, name)] : []),
    ]
  })
}

export function validatePodSecurityContext(spec: PodSpec, specPath: string, isPod: boolean): FieldError[] {
  const context = spec.securityContext
  if (!context) return []
  const path = `${specPath}.securityContext`
  const id = (name: 'fsGroup' | 'runAsUser' | 'runAsGroup') => {
    const value = context[name]
    return value === undefined ? [] : invalidAll(`${path}.${name}`, value, idErrors(value))
  }
  const choice = (name: 'fsGroupChangePolicy' | 'supplementalGroupsPolicy' | 'seLinuxChangePolicy', values: readonly string[]) => {
    const value = context[name]
    return value === undefined ? [] : supported(`${path}.${name}`, value, values)
  }
  return [
    ...(spec.hostNetwork ? validateHostNetworkPorts(spec.containers, isPod, `${specPath}.containers`) : []),
    ...id('fsGroup'),
    ...id('runAsUser'),
    ...id('runAsGroup'),
    ...eachAt(context.supplementalGroups ?? [], `${path}.supplementalGroups`, (group, at) => invalidAll(at, group, idErrors(group))),
    ...(spec.shareProcessNamespace && spec.hostPID
      ? [fieldInvalid(`${path}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled')]
      : []),
    ...validateSysctls(spec, `${path}.sysctls`),
    ...choice('fsGroupChangePolicy', ['Always', 'OnRootMismatch']),
    ...validateSeccompProfile(context.seccompProfile, `${path}.seccompProfile`),
    ...validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`),
    ...validateAppArmorProfile(context.appArmorProfile, `${path}.appArmorProfile`),
    ...choice('supplementalGroupsPolicy', ['Merge', 'Strict']),
    ...choice('seLinuxChangePolicy', ['MountOption', 'Recursive']),
  ]
}

/** A pod with user ids of its own cannot share the namespaces in which the node's count. */
export function validateHostUsers(spec: PodSpec, path: string): FieldError[] {
  if (spec.hostUsers !== false) return []
  return [
    ...(['hostNetwork', 'hostPID', 'hostIPC'] as const)
      .filter(field => spec[field])
      .map(field => fieldForbidden(`${path}.${field}`, 'when `hostUsers` is false')),
    ...(spec.containers ?? []).flatMap((container, index) =>
      container.volumeDevices?.length ? [fieldForbidden(`${path}.containers[${index}].volumeDevices`, 'when `hostUsers` is false')] : [],
    ),
  ]
}
