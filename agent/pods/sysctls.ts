import type { Pod } from '../../api/core/pod.ts'

/** Settings of one pod that no other pod feels: upstream's SafeSysctlAllowlist. */
const safe = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]

/**
 * With dots between its parts. The kernel takes slashes as well; then dots belong to a part, such as an interface's name, and
 * become slashes. What comes first tells which of the two it is.
 */
export function dottedSysctl(name: string): string {
  const first = /[./]/.exec(name)?.[0]
  if (first !== '/') return name
  return name.replace(/[./]/g, separator => (separator === '/' ? '.' : '/'))
}

type Namespace = 'IPC' | 'Net'
const prefixes: readonly (readonly [string, Namespace])[] = [
  ['kernel.shm', 'IPC'],
  ['kernel.msg', 'IPC'],
  ['fs.mqueue.', 'IPC'],
  ['net.', 'Net'],
]

/** The namespace that has a value of its own for the setting; undefined when the whole machine shares one. */
export const namespaceOf = (name: string): Namespace | undefined =>
  name === 'kernel.sem' ? 'IPC' : prefixes.find(([prefix]) => name.startsWith(prefix))?.[1]

/** Why the pod's kernel settings are not for it to change; undefined when they are. */
export function forbiddenSysctl({ spec }: Pod, allowedUnsafe: readonly string[]): string | undefined {
  const allowed = [...safe, ...allowedUnsafe.map(dottedSysctl)]
  for (const sysctl of spec.securityContext?.sysctls ?? []) {
    const name = dottedSysctl(sysctl.name)
    const isAllowed = allowed.some(pattern => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern))
    if (!isAllowed) return `forbidden sysctl: "${name}" not allowlisted`
    const namespace = namespaceOf(name)
    if (namespace === 'IPC' ? spec.hostIPC : spec.hostNetwork)
      return `forbidden sysctl: "${name}" not allowed with host ${namespace} enabled`
  }
  return undefined
}
