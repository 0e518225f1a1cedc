import type { EndpointSlice } from '../../api/discovery/endpoint-slice.ts'
import type { Service } from '../../api/core/service.ts'
import { hashJson } from '../../common/hash.ts'

export interface NetworkFacts {
  readonly nodeAddress: string
  readonly podCidr: string
  readonly clusterCidr: string
  readonly serviceCidr: string
  /** Where the node itself answers for names, as long as the Service at that address leads nowhere else. */
  readonly clusterDns: string
}

interface Target {
  readonly ip: string
  readonly port: number
}

/** One address and port that the node translates, and where to. */
interface Frontend {
  readonly name: string
  readonly protocol: string
  readonly port: number
  readonly addresses: readonly string[]
  readonly nodePort: number | undefined
  readonly targets: readonly Target[]
}

/** Traffic with this mark is masqueraded on its way out. */
const MASQUERADE = '0x4000'

/**
 * The whole nftables table of the service proxy: one map from (address, protocol, port) to a chain per service port, whose
 * chain picks an endpoint at random. Loading it replaces the table that was there in one transaction, and touches no other.
 * Services without ready endpoints are rejected, so that clients fail at once instead of waiting.
 */
export function serviceRules(services: readonly Service[], slices: readonly EndpointSlice[], facts: NetworkFacts): string {
  const frontends = services.flatMap(service =>
    frontendsOf(
      service,
      slices.filter(slice => belongsTo(slice, service)),
    ),
  )
  const served = frontends.filter(frontend => frontend.targets.length > 0)
  const dead = frontends.filter(frontend => frontend.targets.length === 0)
  const key = (address: string, { protocol, port }: { protocol: string; port: number }) => `${address} . ${protocol} . ${port}`
  const nodeKey = (frontend: Frontend) => (frontend.nodePort ? [key(facts.nodeAddress, { ...frontend, port: frontend.nodePort })] : [])
  const elements = served.flatMap(frontend => [
    ...frontend.addresses.map(address => `${key(address, frontend)} : goto svc-${frontend.name}`),
    ...nodeKey(frontend).map(key => `${key} : goto ext-${frontend.name}`),
  ])
  const rejected = dead.flatMap(frontend => [...frontend.addresses.map(address => key(address, frontend)), ...nodeKey(frontend)])
  const refusals = [
    `ip daddr ${facts.clusterDns} meta l4proto { tcp, udp } th dport 53 accept`,
    // Whoever asks from the node itself does so from the same address, and is answered there.
    `ip saddr ${facts.clusterDns} meta l4proto { tcp, udp } th sport 53 accept`,
    ...refuse('ip daddr . meta l4proto . th dport @no-endpoints'),
    // What still has a service's address was not translated: no service has that port. Nobody outside may be asked instead.
    ...refuse(`ip daddr ${facts.serviceCidr}`),
  ]
  return [
    'table ip kubeling',
    'delete table ip kubeling',
    'table ip kubeling {',
    ...map('services', 'ipv4_addr . inet_proto . inet_service : verdict', elements),
    ...set('no-endpoints', 'ipv4_addr . inet_proto . inet_service', rejected),
    ...chain('prerouting', [
      'type nat hook prerouting priority dstnat; policy accept;',
      'ip daddr . meta l4proto . th dport vmap @services',
    ]),
    ...chain('output', ['type nat hook output priority -100; policy accept;', 'ip daddr . meta l4proto . th dport vmap @services']),
    ...chain('reject-forwarded', ['type filter hook forward priority filter; policy accept;', ...refusals]),
    ...chain('reject-local', ['type filter hook output priority filter; policy accept;', ...refusals]),
    ...chain('reject-to-node', ['type filter hook input priority filter; policy accept;', ...refusals]),
    ...chain('postrouting', [
      'type nat hook postrouting priority srcnat; policy accept;',
      `meta mark & ${MASQUERADE} == ${MASQUERADE} masquerade`,
      // Clients that are no pods reach pods under the node's address: Docker would give them the bridge's on the host, and
      // the answers would not come back this way.
      `ip daddr ${facts.podCidr} ip saddr != ${facts.clusterCidr} masquerade`,
      // What leaves the cluster leaves it with the node's address.
      `ip saddr ${facts.podCidr} ip daddr != ${facts.clusterCidr} oifname "eth*" masquerade`,
    ]),
    ...served.flatMap(frontend => chainsOf(frontend)),
    '}',
    '',
  ].join('\n')
}

function chainsOf(frontend: Frontend): string[] {
  const { name, targets, protocol } = frontend
  const picks = targets.map((_, index) => `${index} : goto ep-${name}-${index}`)
  return [
    ...targets.flatMap(({ ip, port }, index) =>
      chain(`ep-${name}-${index}`, [
        // A pod that reaches itself through the service would see its own address as the client's.
        `ip saddr ${ip} meta mark set meta mark | ${MASQUERADE}`,
        `meta l4proto ${protocol} dnat to ${ip}:${port}`,
      ]),
    ),
    ...chain(`svc-${name}`, [
      `numgen random mod ${targets.length} vmap {`,
      ...picks.map((pick, index) => `  ${pick}${index < picks.length - 1 ? ',' : ''}`),
      '}',
    ]),
    ...(frontend.nodePort ? chain(`ext-${name}`, [`meta mark set meta mark | ${MASQUERADE}`, `goto svc-${name}`]) : []),
  ]
}

function frontendsOf(service: Service, slices: readonly EndpointSlice[]): Frontend[] {
  const { spec } = service
  const clusterIPs = (spec.clusterIPs ?? []).filter(address => address !== 'None' && !address.includes(':'))
  if (spec.type === 'ExternalName' || clusterIPs.length === 0) return []
  return (spec.ports ?? []).map(port => ({
    name: hashJson([service.metadata.namespace, service.metadata.name, port.name ?? '', port.protocol, port.port]).slice(0, 16),
    protocol: (port.protocol ?? 'TCP').toLowerCase(),
    port: port.port,
    addresses: [...clusterIPs, ...(spec.externalIPs ?? [])],
    nodePort: spec.type === 'NodePort' || spec.type === 'LoadBalancer' ? port.nodePort : undefined,
    targets: targetsOf(slices, port.name ?? ''),
  }))
}

function targetsOf(slices: readonly EndpointSlice[], portName: string): Target[] {
  const all = slices.flatMap(slice => {
    const port = slice.ports?.find(port => (port.name ?? '') === portName)?.port
    return port === undefined
      ? []
      : (slice.endpoints ?? []).map(endpoint => ({ endpoint, target: { ip: endpoint.addresses[0] ?? '', port } }))
  })
  const ready = all.filter(({ endpoint }) => endpoint.conditions?.ready !== false)
  // While every endpoint is shutting down, those that still serve are better than none.
  const usable = ready.length > 0 ? ready : all.filter(({ endpoint }) => endpoint.conditions?.serving && endpoint.conditions.terminating)
  return usable.map(({ target }) => target).sort((a, b) => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : a.port - b.port))
}

const belongsTo = (slice: EndpointSlice, service: Service) =>
  slice.addressType === 'IPv4' &&
  slice.metadata.namespace === service.metadata.namespace &&
  slice.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name

/** The kernel sends few ICMP answers a second; resets it sends always. */
const refuse = (condition: string) => [`${condition} meta l4proto tcp reject with tcp reset`, `${condition} reject`]

const chain = (name: string, lines: readonly string[]) => [`  chain ${name} {`, ...lines.map(line => `    ${line}`), '  }']
const elementsOf = (elements: readonly string[]) =>
  elements.length > 0 ? ['    elements = {', `      ${elements.join(',\n      ')}`, '    }'] : []
const map = (name: string, type: string, elements: readonly string[]) => [
  `  map ${name} {`,
  `    type ${type}`,
  ...elementsOf(elements),
  '  }',
]
const set = (name: string, type: string, elements: readonly string[]) => [
  `  set ${name} {`,
  `    type ${type}`,
  ...elementsOf(elements),
  '  }',
]
