import type { Pod } from '../../api/core/pod.ts'
import type { PodDNSConfigOption } from '../../api/core/pod-spec.ts'
import type { SandboxConfig } from '../runtime/runtime.ts'

type Dns = SandboxConfig['dns']

export interface DnsOptions {
  readonly clusterDns: readonly string[]
  readonly clusterDomain: string
  /** The node's own resolver settings. */
  readonly node: Dns
}

/** What the resolvers of the C libraries can be given. */
const limits = { servers: 3, searches: 32, searchCharacters: 2048, domainCharacters: 253 }

const unique = (list: readonly string[]) => [...new Set(list)]

/** The settings in a resolv.conf: name servers add up, of searches and options the last line counts. */
export function parseResolvConf(text: string): Dns {
  const lines = text.split('\n').map(line => line.trim().split(/\s+/))
  const last = (keyword: string) => lines.findLast(([first]) => first === keyword)?.slice(1) ?? []
  return {
    servers: lines.flatMap(([first, server]) => (first === 'nameserver' && server ? [server] : [])),
    searches: last('search').map(domain => domain.replace(/\.$/, '')),
    options: last('options'),
  }
}

function policyDns({ spec, metadata }: Pod, { clusterDns, clusterDomain, node }: DnsOptions): Dns {
  const policy = spec.dnsPolicy ?? 'ClusterFirst'
  if (policy === 'None') return { servers: [], searches: [], options: [] }
  const cluster = clusterDns.length > 0 && (policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !spec.hostNetwork))
  if (!cluster) return node
  const searches = [`${metadata.namespace ?? ''}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain]
  return { servers: clusterDns, searches: unique([...searches, ...node.searches]), options: ['ndots:5'] }
}

/** Options by their names: what the pod says of one replaces what its policy says. */
function mergeOptions(base: readonly string[], own: readonly PodDNSConfigOption[]): string[] {
  const merged = new Map(base.map(option => [option.split(':')[0] ?? option, option]))
  for (const { name = '', value } of own) merged.set(name, value ? `${name}:${value}` : name)
  return [...merged.values()]
}

/** The domains that fit: as many from the front as one line of the file may have. */
function fittingSearches(searches: readonly string[]): string[] {
  const fitting = searches.slice(0, limits.searches).filter(domain => domain.length <= limits.domainCharacters)
  while (fitting.join(' ').length > limits.searchCharacters) fitting.pop()
  return fitting
}

/**
 * The pod's resolver: what its policy gives, its own dnsConfig added to that, and the whole cut to what resolvers take; the
 * warnings are those of upstream's DNSConfigForming events.
 */
export function podDns(pod: Pod, options: DnsOptions): { readonly dns: Dns; readonly warnings: readonly string[] } {
  const base = policyDns(pod, options)
  const own = pod.spec.dnsConfig ?? {}
  const wanted = {
    servers: unique([...base.servers, ...(own.nameservers ?? [])]),
    searches: unique([...base.searches, ...(own.searches ?? [])]),
  }
  const servers = wanted.servers.slice(0, limits.servers)
  const searches = fittingSearches(wanted.searches)
  const warnings = [
    ...(servers.length < wanted.servers.length
      ? [`Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: ${servers.join(' ')}`]
      : []),
    ...(searches.length < wanted.searches.length
      ? [`Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${searches.join(' ')}`]
      : []),
  ]
  return { dns: { servers, searches, options: mergeOptions(base.options, own.options ?? []) }, warnings }
}
