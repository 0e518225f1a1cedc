import type { Pod } from '../../api/core/pod.ts'
import type { SandboxConfig } from '../runtime/runtime.ts'
import { identityOf } from '../volumes/volume-manager.ts'
import { needsPodCgroup, podCgroup, type NodeLimits } from './container-resources.ts'

export interface DnsOptions {
  readonly clusterDns: readonly string[]
  readonly clusterDomain: string
  /** The node's own resolver settings. */
  readonly node: SandboxConfig['dns']
}

const unique = (list: readonly string[]) => [...new Set(list)]

function policyDns({ spec, metadata }: Pod, { clusterDns, clusterDomain, node }: DnsOptions): SandboxConfig['dns'] {
  const policy = spec.dnsPolicy ?? 'ClusterFirst'
  if (policy === 'None') return { servers: [], searches: [], options: [] }
  const cluster = clusterDns.length > 0 && (policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !spec.hostNetwork))
  if (!cluster) return node
  const searches = [`${metadata.namespace ?? ''}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain]
  return { servers: clusterDns, searches: unique([...searches, ...node.searches]), options: ['ndots:5'] }
}

/** The pod's resolver: what its policy gives, and its own dnsConfig added to that. */
function podDns(pod: Pod, options: DnsOptions): SandboxConfig['dns'] {
  const base = policyDns(pod, options)
  const own = pod.spec.dnsConfig ?? {}
  const merged = new Map(base.options.map(option => [option.split(':')[0] ?? option, option]))
  for (const { name = '', value } of own.options ?? []) merged.set(name, value === undefined ? name : `${name}:${value}`)
  return {
    servers: unique([...base.servers, ...(own.nameservers ?? [])]),
    searches: unique([...base.searches, ...(own.searches ?? [])]),
    options: [...merged.values()],
  }
}

/** The host name inside the pod. */
function podHostname({ spec, metadata }: Pod, clusterDomain: string): string {
  if (spec.hostnameOverride) return spec.hostnameOverride
  const short = (spec.hostname || metadata.name).slice(0, 63).replace(/[.-]+$/, '')
  return spec.setHostnameAsFQDN && spec.subdomain ? `${short}.${spec.subdomain}.${metadata.namespace ?? ''}.svc.${clusterDomain}` : short
}

/** The domain under which a pod with a subdomain knows itself; in its hosts file. */
const podDomain = ({ spec, metadata }: Pod, clusterDomain: string): { domain?: string } =>
  spec.subdomain && !spec.hostnameOverride ? { domain: `${spec.subdomain}.${metadata.namespace ?? ''}.svc.${clusterDomain}` } : {}

export interface SandboxOptions {
  readonly dns: DnsOptions
  readonly volumes: readonly string[]
  readonly limits: NodeLimits
}

/** What the sandbox is made from. */
export function sandboxConfig(pod: Pod, attempt: number, options: SandboxOptions): SandboxConfig {
  const { spec } = pod
  const sysctls = spec.securityContext?.sysctls ?? []
  return {
    pod: identityOf(pod),
    attempt,
    hostname: podHostname(pod, options.dns.clusterDomain),
    ...podDomain(pod, options.dns.clusterDomain),
    network: spec.hostNetwork ? 'node' : 'pod',
    dns: podDns(pod, options.dns),
    ...(spec.hostAliases ? { extraHosts: spec.hostAliases.map(({ ip, hostnames = [] }) => ({ ip, hostnames })) } : {}),
    ...(sysctls.length > 0 ? { sysctls: Object.fromEntries(sysctls.map(({ name, value }) => [name, value])) } : {}),
    ...(spec.hostPID ? { hostPid: true } : {}),
    ...(spec.hostIPC ? { hostIpc: true } : {}),
    volumes: options.volumes,
    ...(needsPodCgroup(pod, options.limits) ? { resources: podCgroup(pod, options.limits) } : {}),
  }
}
