import { categorizeEndpoints, type Topology } from './categorize-endpoints.ts'
import { dropped, externally, gotoChain, key, MASQUERADE, pick, refused, type ProxyFacts } from './base-rules.ts'
import type { ProxyEndpoint } from './proxy-endpoint.ts'
import type { Frontend, RulePart } from './rule-set.ts'
import type { ServicePort } from './service-port.ts'

const addressAndPort = ({ ip, port }: ProxyEndpoint) => `${ip} . ${port}`

interface Building {
  readonly frontends: Map<string, Frontend>
  readonly chains: Map<string, readonly string[]>
  readonly clients: Map<string, number>
  readonly hairpins: Set<string>
}

/** A way to some endpoints: the chain that chooses, and what it finds them by. */
interface Way {
  readonly chain: string | undefined
  readonly targets: readonly string[]
}
const nowhere: Way = { chain: undefined, targets: [] }

/**
 * What the node does for one service. A service costs elements of maps, no chains: a chain picks among so many endpoints, whoever's
 * they are. Only session affinity and source ranges, which maps cannot express, have chains of their own. Whoever asks for a
 * service without endpoints is refused; where there are some, but a policy keeps to a node without any, packets are dropped, as
 * upstream does it.
 */
export function serviceRules(
  ports: readonly (readonly [ServicePort, readonly ProxyEndpoint[]])[],
  topology: Topology,
  facts: ProxyFacts,
): RulePart {
  const building: Building = { frontends: new Map(), chains: new Map(), clients: new Map(), hairpins: new Set() }
  for (const [port, endpoints] of ports) addPort(building, { port, endpoints, topology, facts })
  return building
}

function addPort(
  building: Building,
  { port, endpoints, topology, facts }: { port: ServicePort; endpoints: readonly ProxyEndpoint[]; topology: Topology; facts: ProxyFacts },
): void {
  const { cluster, local, hasAny } = categorizeEndpoints(endpoints, topology)
  const tracked = port.protocol === 'udp' ? { serving: new Set(endpoints.filter(({ serving }) => serving).map(addressAndPort)) } : {}
  const claim = (address: string, number: number, frontend: Frontend) =>
    building.frontends.set(key(address, port.protocol, number), { ...frontend, ...tracked })
  for (const { ip, isLocal } of [...cluster, ...local]) if (isLocal) building.hairpins.add(ip)
  const clusterWay = wayTo(building, { port, endpoints: cluster, scope: '' })
  const localWay = port.internalLocal || port.externalLocal ? wayTo(building, { port, endpoints: local, scope: 'local-' }) : nowhere
  const refusal = hasAny ? dropped : refused

  // 1. Inside the cluster.
  const internal = port.internalLocal
    ? frontend({ chain: localWay.chain, localEndpoints: localWay.targets }, refusal)
    : frontend({ chain: clusterWay.chain, endpoints: clusterWay.targets }, refusal)
  for (const address of port.clusterIPs) claim(address, port.port, internal)

  // 2. From outside.
  if (port.externalIPs.length + port.loadBalancerIPs.length === 0 && !port.nodePort) return
  const external = externalFrontend(building, { port, clusterWay, localWay, hasAny, clusterCidr: facts.clusterCidr })
  const firewall = port.loadBalancerIPs.length > 0 ? firewallOf(building, port, facts) : {}
  for (const address of port.externalIPs) claim(address, port.port, external)
  for (const address of port.loadBalancerIPs) claim(address, port.port, { ...external, ...firewall })
  if (port.nodePort) for (const address of facts.nodeAddresses) claim(address, port.nodePort, external)
}

/** The chain that chooses, which with affinity is one of the service's own. */
function wayTo(
  building: Building,
  { port, endpoints, scope }: { port: ServicePort; endpoints: readonly ProxyEndpoint[]; scope: '' | 'local-' },
): Way {
  if (endpoints.length === 0) return nowhere
  if (port.affinitySeconds !== undefined) return { chain: affinityChain(building, { port, endpoints, scope }), targets: [] }
  const chain = pick(scope, endpoints.length)
  building.chains.set(chain.name, chain.lines)
  return { chain: chain.name, targets: endpoints.map(addressAndPort) }
}

const frontend = ({ chain, ...targets }: { chain: string | undefined } & Frontend, refusal: string): Frontend =>
  chain ? { ...targets, verdict: gotoChain(chain) } : { refusal }

/** A client that came before goes where it went; the others go somewhere, and are remembered there. */
function affinityChain(
  building: Building,
  { port, endpoints, scope }: { port: ServicePort; endpoints: readonly ProxyEndpoint[]; scope: string },
): string {
  const { id, protocol, affinitySeconds = 0 } = port
  const targets = endpoints.map(({ ip, port }) => {
    // A set cannot change how long it remembers: that is part of its name.
    const name = `${id}-${affinitySeconds}-${ip}-${port}`
    building.clients.set(`clients-${name}`, affinitySeconds)
    building.chains.set(`endpoint-${name}`, [`update @clients-${name} { ip saddr }`, `meta l4proto ${protocol} dnat to ${ip}:${port}`])
    return name
  })
  const name = `affinity-${scope}${id}`
  building.chains.set(name, [
    ...targets.map(target => `ip saddr @clients-${target} goto endpoint-${target}`),
    `numgen random mod ${targets.length} vmap { ${targets.map((target, index) => `${index} : goto endpoint-${target}`).join(', ')} }`,
  ])
  return name
}

interface External {
  readonly port: ServicePort
  readonly clusterWay: Way
  readonly localWay: Way
  readonly hasAny: boolean
  readonly clusterCidr: string
}

function externalFrontend(building: Building, { port, clusterWay, localWay, hasAny, clusterCidr }: External): Frontend {
  if (!hasAny) return { refusal: refused }
  const ways = { endpoints: clusterWay.targets }
  if (!port.externalLocal) {
    if (!clusterWay.chain) return { refusal: dropped }
    const chain = externally(clusterWay.chain)
    building.chains.set(chain.name, chain.lines)
    return { ...ways, verdict: gotoChain(chain.name) }
  }
  // Clients in the cluster are no outsiders: they go to any endpoint. Outsiders keep their address, and to this node.
  const name = `external-${clusterWay.chain ?? 'none'}-or-${localWay.chain ?? 'none'}`
  building.chains.set(name, [
    ...(clusterWay.chain
      ? [
          `ip saddr ${clusterCidr} goto ${clusterWay.chain}`,
          `fib saddr type local ct mark set ct mark | ${MASQUERADE} goto ${clusterWay.chain}`,
        ]
      : []),
    ...(localWay.chain ? [gotoChain(localWay.chain)] : []),
  ])
  return {
    ...ways,
    localEndpoints: localWay.targets,
    verdict: gotoChain(name),
    ...(localWay.chain ? {} : { refusal: dropped }),
  }
}

/** Keeps out who does not come from the service's ranges (upstream's firewall chain). */
function firewallOf(building: Building, { id, sourceRanges }: ServicePort, { nodeAddresses }: ProxyFacts): { firewall?: string } {
  if (sourceRanges.length === 0) return {}
  const name = `firewall-${id}`
  // The node itself asks load balancers from their own address when it is in a range.
  building.chains.set(name, [`ip saddr { ${nodeAddresses.join(', ')} } return`, `ip saddr != { ${sourceRanges.join(', ')} } drop`])
  return { firewall: gotoChain(name) }
}
