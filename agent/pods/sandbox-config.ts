import type { Pod } from '../../api/core/pod.ts'
import type { SandboxConfig } from '../runtime/runtime.ts'
import { identityOf } from '../volumes/volume-manager.ts'
import { needsPodCgroup, podCgroup, type NodeLimits } from './container-resources.ts'
import { dottedSysctl } from './sysctls.ts'

const longestHostname = 63
/** What the kernel has room for. */
const longestNodename = 64

/** The pod's host name, and the domain that makes it fully qualified, for a pod with a subdomain. */
function hostnameAndDomain({ spec, metadata }: Pod, clusterDomain: string): { readonly hostname: string; readonly domain: string } {
  const name = spec.hostnameOverride || spec.hostname || metadata.name
  const hostname = name.length > longestHostname ? name.slice(0, longestHostname).replace(/[.-]+$/, '') : name
  const domain = spec.subdomain && !spec.hostnameOverride ? `${spec.subdomain}.${metadata.namespace ?? ''}.svc.${clusterDomain}` : ''
  return { hostname, domain }
}

/** What `hostname` says in the pod, and what its address is called in /etc/hosts. Throws when that is too long for the kernel. */
export function podNames(pod: Pod, clusterDomain: string): Required<Pick<SandboxConfig, 'hostname' | 'names'>> {
  const { hostname, domain } = hostnameAndDomain(pod, clusterDomain)
  if (!domain) return { hostname, names: [hostname] }
  const qualified = `${hostname}.${domain}`
  const names = [qualified, hostname]
  if (!pod.spec.setHostnameAsFQDN || pod.spec.hostNetwork) return { hostname, names }
  if (qualified.length > longestNodename) {
    const lengths = `${longestNodename} characters is the max, ${qualified.length} characters requested`
    throw new Error(`failed to construct FQDN from pod hostname and cluster domain, FQDN ${qualified} is too long (${lengths})`)
  }
  return { hostname: qualified, names }
}

export interface SandboxFacts {
  readonly attempt: number
  readonly clusterDomain: string
  readonly dns: SandboxConfig['dns']
  readonly volumes: readonly string[]
  readonly userNamespaces: boolean
  readonly limits: NodeLimits
}

/** What the sandbox is made from. Throws when the pod cannot have what it asks for. */
export function sandboxConfig(pod: Pod, { attempt, clusterDomain, dns, volumes, userNamespaces, limits }: SandboxFacts): SandboxConfig {
  const { spec } = pod
  if (spec.hostUsers === false && !userNamespaces)
    throw new Error("can't set `spec.hostUsers: false`, runtime does not support user namespaces")
  const sysctls = spec.securityContext?.sysctls ?? []
  return {
    pod: identityOf(pod),
    attempt,
    ...podNames(pod, clusterDomain),
    network: spec.hostNetwork ? 'node' : 'pod',
    dns,
    ...(spec.hostAliases ? { extraHosts: spec.hostAliases.map(({ ip, hostnames = [] }) => ({ ip, hostnames })) } : {}),
    ...(sysctls.length > 0 ? { sysctls: Object.fromEntries(sysctls.map(({ name, value }) => [dottedSysctl(name), value])) } : {}),
    ...(spec.hostPID ? { hostPid: true } : {}),
    ...(spec.hostIPC ? { hostIpc: true } : {}),
    volumes,
    ...(needsPodCgroup(pod, limits) ? { resources: podCgroup(pod, limits) } : {}),
  }
}
