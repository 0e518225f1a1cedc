import {
  allContainers,
  containersThat,
  exceptOwnUsers,
  named,
  plural,
  quoted,
  setters,
  sorted,
  type Check,
  type CheckPod,
  type PodLike,
  type Violation,
} from './check.ts'

const capabilities = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(' '),
)
const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/'
const confined = (type: string) => type === 'RuntimeDefault' || type === 'Localhost'

const appArmor: CheckPod = pod => {
  const ofPod = pod.spec.securityContext?.appArmorProfile?.type
  const podIsBad = ofPod !== undefined && !confined(ofPod)
  const typeOf = (container: ReturnType<typeof allContainers>[number]) => container.securityContext?.appArmorProfile?.type
  const bad = allContainers(pod).filter(container => !confined(typeOf(container) ?? 'RuntimeDefault'))
  const annotations = Object.entries(pod.metadata.annotations ?? {})
    .filter(
      ([key, value]) =>
        key.startsWith(appArmorAnnotation) && value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'),
    )
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort()
  const who = [
    setters(
      podIsBad,
      bad.map(({ name }) => name),
    ),
    annotations.length > 0 ? plural('annotation', annotations.length) : '',
  ]
  const values = [...sorted([...(podIsBad ? [ofPod] : []), ...bad.map(container => typeOf(container) ?? '')]), ...annotations]
  if (values.length === 0) return undefined
  return {
    reason: plural('forbidden AppArmor profile', values.length),
    detail: `${who.filter(Boolean).join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  }
}

const addedCapabilities: CheckPod = pod => {
  const beyond = (added: readonly string[] | undefined) => (added ?? []).filter(name => !capabilities.has(name))
  const containers = containersThat(pod, ({ securityContext }) => beyond(securityContext?.capabilities?.add).length > 0)
  if (containers.length === 0) return undefined
  const names = sorted(allContainers(pod).flatMap(({ securityContext }) => beyond(securityContext?.capabilities?.add)))
  return {
    reason: 'non-default capabilities',
    detail: `${named(containers)} must not include ${quoted(names)} in securityContext.capabilities.add`,
  }
}

const hostNamespaces: CheckPod = ({ spec }) => {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter(name => spec[name])
  return shared.length > 0 ? { reason: 'host namespaces', detail: shared.map(name => `${name}=true`).join(', ') } : undefined
}

const hostPaths: CheckPod = ({ spec }) => {
  const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name)
  return names.length > 0 ? { reason: 'hostPath volumes', detail: `${plural('volume', names.length)} ${quoted(names)}` } : undefined
}

const hostPorts: CheckPod = pod => {
  const containers = containersThat(pod, ({ ports }) => ports?.some(({ hostPort }) => hostPort) ?? false)
  if (containers.length === 0) return undefined
  const ports = sorted(
    allContainers(pod).flatMap(container => (container.ports ?? []).flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []))),
  )
  const verb = plural('uses', containers.length, 'use')
  return { reason: 'hostPort', detail: `${named(containers)} ${verb} ${plural('hostPort', ports.length)} ${ports.join(', ')}` }
}

type Handler = { readonly httpGet?: { readonly host?: string }; readonly tcpSocket?: { readonly host?: string } }

const probeHosts: CheckPod = pod => {
  const hostsOf = (container: ReturnType<typeof allContainers>[number]): string[] => {
    const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container
    const handlers: (Handler | undefined)[] = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop]
    return handlers.flatMap(handler => [handler?.httpGet?.host, handler?.tcpSocket?.host]).filter((host): host is string => Boolean(host))
  }
  const containers = sorted(containersThat(pod, container => hostsOf(container).length > 0))
  if (containers.length === 0) return undefined
  const hosts = sorted(allContainers(pod).flatMap(hostsOf))
  const verb = plural('uses', containers.length, 'use')
  return {
    reason: 'probe or lifecycle host',
    detail: `${named(containers)} ${verb} ${plural('probe or lifecycle host', hosts.length)} ${quoted(hosts)}`,
  }
}

const privileged: CheckPod = pod => {
  const containers = containersThat(pod, ({ securityContext }) => securityContext?.privileged === true)
  if (containers.length === 0) return undefined
  return { reason: 'privileged', detail: `${named(containers)} must not set securityContext.privileged=true` }
}

export const procMount: CheckPod = pod => {
  const isBad = (mount: string | undefined) => mount !== undefined && mount !== 'Default'
  const containers = containersThat(pod, ({ securityContext }) => isBad(securityContext?.procMount))
  if (containers.length === 0) return undefined
  const mounts = sorted(
    allContainers(pod)
      .flatMap(({ securityContext }) => securityContext?.procMount ?? [])
      .filter(isBad),
  )
  return { reason: 'procMount', detail: `${named(containers)} must not set securityContext.procMount to ${quoted(mounts)}` }
}

interface SELinux {
  readonly user?: string
  readonly role?: string
  readonly type?: string
}

const seLinux =
  (types: readonly string[]): CheckPod =>
  pod => {
    const isBadType = ({ type = '' }: SELinux) => !types.includes(type)
    const isBad = (options: SELinux | undefined) =>
      options !== undefined && (isBadType(options) || Boolean(options.user) || Boolean(options.role))
    const ofPod = pod.spec.securityContext?.seLinuxOptions
    const containers = containersThat(pod, ({ securityContext }) => isBad(securityContext?.seLinuxOptions))
    if (!isBad(ofPod) && containers.length === 0) return undefined
    const all = [ofPod, ...allContainers(pod).map(({ securityContext }) => securityContext?.seLinuxOptions)].filter(
      each => each !== undefined,
    )
    const bad = sorted(all.filter(isBadType).map(({ type = '' }) => type))
    // Upstream mentions user and role only besides a type.
    const data =
      bad.length === 0
        ? []
        : [
            `${plural('type', bad.length)} ${quoted(bad)}`,
            ...(all.some(({ user }) => user) ? ['user may not be set'] : []),
            ...(all.some(({ role }) => role) ? ['role may not be set'] : []),
          ]
    return {
      reason: 'seLinuxOptions',
      detail: `${setters(isBad(ofPod), containers)} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`,
    }
  }

const seccompAnnotations: CheckPod = pod => {
  const keys = [
    'seccomp.security.alpha.kubernetes.io/pod',
    ...allContainers(pod).map(({ name }) => `container.seccomp.security.alpha.kubernetes.io/${name}`),
  ]
  const isGood = (value: string) => value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/')
  const bad = sorted(
    keys.flatMap(key => {
      const value = pod.metadata.annotations?.[key]
      return value !== undefined && !isGood(value) ? [`${key}=${JSON.stringify(value)}`] : []
    }),
  )
  return bad.length > 0
    ? { reason: 'seccompProfile', detail: `forbidden ${plural('annotation', bad.length)} ${bad.join(', ')}` }
    : undefined
}

/** Who sets a profile that does not filter; shared with the restricted level. */
export const badSeccomp = (pod: PodLike): Violation | undefined => {
  const isBad = (type: string | undefined) => type !== undefined && !confined(type)
  const ofPod = pod.spec.securityContext?.seccompProfile?.type
  const containers = containersThat(pod, ({ securityContext }) => isBad(securityContext?.seccompProfile?.type))
  if (!isBad(ofPod) && containers.length === 0) return undefined
  const types = [ofPod, ...allContainers(pod).map(({ securityContext }) => securityContext?.seccompProfile?.type)]
  const values = sorted(types.filter((type): type is NonNullable<typeof type> => isBad(type)))
  return {
    reason: 'seccompProfile',
    detail: `${setters(isBad(ofPod), containers)} must not set securityContext.seccompProfile.type to ${quoted(values)}`,
  }
}

const sysctls =
  (allowed: readonly string[]): CheckPod =>
  ({ spec }) => {
    const names = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter(name => !allowed.includes(name))
    return names.length > 0 ? { reason: plural('forbidden sysctl', names.length), detail: names.join(', ') } : undefined
  }

const hostProcess: CheckPod = pod => {
  const ofPod = pod.spec.securityContext?.windowsOptions?.hostProcess === true
  const containers = containersThat(pod, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true)
  if (!ofPod && containers.length === 0) return undefined
  return { reason: 'hostProcess', detail: `${setters(ofPod, containers)} must not set securityContext.windowsOptions.hostProcess=true` }
}

const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t']
const sysctls0 = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
]
const sysctls27 = [...sysctls0, 'net.ipv4.ip_local_reserved_ports']
const sysctls29 = [...sysctls27, ...['time', 'intvl', 'probes'].map(name => `net.ipv4.tcp_keepalive_${name}`), 'net.ipv4.tcp_fin_timeout']
const sysctls32 = [...sysctls29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']

/** The baseline level, in upstream's order. */
export const baselineChecks: readonly Check[] = [
  { level: 'baseline', versions: [[0, appArmor]] },
  { level: 'baseline', overridden: true, versions: [[0, addedCapabilities]] },
  { level: 'baseline', versions: [[0, hostNamespaces]] },
  { level: 'baseline', overridden: true, versions: [[0, hostPaths]] },
  { level: 'baseline', versions: [[0, hostPorts]] },
  { level: 'baseline', versions: [[34, probeHosts]] },
  { level: 'baseline', versions: [[0, privileged]] },
  // From 1.35 on the restricted level has its own.
  {
    level: 'baseline',
    versions: [
      [0, procMount],
      [35, exceptOwnUsers(procMount)],
    ],
  },
  {
    level: 'baseline',
    versions: [
      [0, seLinux(seLinuxTypes)],
      [31, seLinux([...seLinuxTypes, 'container_engine_t'])],
    ],
  },
  {
    level: 'baseline',
    overridden: true,
    versions: [
      [0, seccompAnnotations],
      [19, badSeccomp],
    ],
  },
  {
    level: 'baseline',
    versions: [
      [0, sysctls(sysctls0)],
      [27, sysctls(sysctls27)],
      [29, sysctls(sysctls29)],
      [32, sysctls(sysctls32)],
    ],
  },
  { level: 'baseline', versions: [[0, hostProcess]] },
]
