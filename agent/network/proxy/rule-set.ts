/** The named maps and sets of the table, with the types of their keys and values. */
export const mapTypes = {
  /** Address, protocol and port of services → the chain that picks an endpoint. */
  services: 'type ipv4_addr . inet_proto . inet_service : verdict;',
  /** The same and a number → an endpoint. */
  endpoints: 'type ipv4_addr . inet_proto . inet_service . mark : ipv4_addr . inet_service;',
  /** Endpoints of this node alone, for what outsiders reach under externalTrafficPolicy Local. */
  'local-endpoints': 'type ipv4_addr . inet_proto . inet_service . mark : ipv4_addr . inet_service;',
  /** Services that lead nowhere from here → what becomes of the packet. */
  'no-endpoints': 'type ipv4_addr . inet_proto . inet_service : verdict;',
  /** Load balancers' addresses → the chain that knows who may come. */
  firewalls: 'type ipv4_addr . inet_proto . inet_service : verdict;',
  /** Pods of this node that a service may lead to themselves: an address, twice. */
  hairpins: 'type ipv4_addr . ipv4_addr;',
} as const
export type MapName = keyof typeof mapTypes
export const mapNames = Object.keys(mapTypes) as MapName[]

/** What the node does with packets to one address, protocol and port. */
export interface Frontend {
  /** Where packets go; absent when nothing is translated. */
  readonly verdict?: string
  /** What becomes of packets that were not translated. */
  readonly refusal?: string
  /** What they pass before anything else. */
  readonly firewall?: string
  /** `address . port` of what the verdict's chain chooses from. */
  readonly endpoints?: readonly string[]
  readonly localEndpoints?: readonly string[]
  /** Over UDP: `address . port` of every endpoint that a client may go on with although it would not be chosen now. */
  readonly serving?: ReadonlySet<string>
}

/** What one service, or the host ports of the node's pods, add to the table. */
export interface RulePart {
  /** By `address . protocol . port`. */
  readonly frontends: ReadonlyMap<string, Frontend>
  /** Chains with their lines. A name stands for one content, wherever it comes from: services share chains. */
  readonly chains: ReadonlyMap<string, readonly string[]>
  /** Sets of clients that come back to an endpoint, by the seconds that one is remembered. */
  readonly clients: ReadonlyMap<string, number>
  readonly hairpins: ReadonlySet<string>
}

/** All that changes in the table; sets are maps to nothing. */
export interface RuleSet {
  readonly maps: Readonly<Record<MapName, ReadonlyMap<string, string>>>
  readonly chains: ReadonlyMap<string, readonly string[]>
  readonly clients: ReadonlyMap<string, number>
  /** Addresses and ports that are asked over UDP, and the endpoints that may go on answering there. */
  readonly datagrams: ReadonlyMap<string, ReadonlySet<string>>
}

export const emptyRules: RuleSet = mergeRules([])

/** All parts as one. An address and port that two of them claim belongs to the earlier one alone. */
export function mergeRules(parts: Iterable<RulePart>): RuleSet {
  const maps = Object.fromEntries(mapNames.map(name => [name, new Map<string, string>()])) as Record<MapName, Map<string, string>>
  const chains = new Map<string, readonly string[]>()
  const clients = new Map<string, number>()
  const datagrams = new Map<string, ReadonlySet<string>>()
  const claimed = new Set<string>()
  for (const part of parts) {
    for (const [key, frontend] of part.frontends) {
      if (claimed.has(key)) continue
      claimed.add(key)
      if (frontend.verdict) maps.services.set(key, frontend.verdict)
      if (frontend.refusal) maps['no-endpoints'].set(key, frontend.refusal)
      if (frontend.firewall) maps.firewalls.set(key, frontend.firewall)
      if (frontend.serving) datagrams.set(key, frontend.serving)
      frontend.endpoints?.forEach((target, index) => maps.endpoints.set(`${key} . ${index}`, target))
      frontend.localEndpoints?.forEach((target, index) => maps['local-endpoints'].set(`${key} . ${index}`, target))
    }
    for (const [name, lines] of part.chains) chains.set(name, lines)
    for (const [name, seconds] of part.clients) clients.set(name, seconds)
    for (const ip of part.hairpins) maps.hairpins.set(`${ip} . ${ip}`, '')
  }
  return { maps, chains, clients, datagrams }
}
