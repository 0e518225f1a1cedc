import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../api/networking/network-policy.ts'
import { formatAddress, parseAddress, parseCidr, type Cidr } from '../../common/cidr.ts'
import { hashJson } from '../../common/hash.ts'
import type { NftSet, NftTable, NftTableHead } from './nft-table.ts'
import { dnsPod, podsIn, podsOfPeer, type PolicyPod } from './policy-pods.ts'
import { namedPortSet, portMatches } from './policy-ports.ts'

export interface PolicyFacts {
  readonly nodeName: string
  /** Where the node answers for names. */
  readonly clusterDns: string
}
export interface PolicyView {
  readonly policies: readonly NetworkPolicy[]
  readonly pods: readonly PolicyPod[]
  /** Labels by name. */
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>
}

type Direction = 'ingress' | 'egress'
interface Rule {
  readonly peers: readonly NetworkPolicyPeer[]
  readonly ports: readonly NetworkPolicyPort[]
}

/**
 * Where packets are looked at. Those that the node forwards come from or go to its pods: first the sender's policies, then the
 * receiver's. What the node itself sends to its pods (probes) and gets from them is never touched, but for questions about
 * names. A pod reaches itself whatever the policies say, and what belongs to a connection that was let through passes.
 */
export const policyTableHead = ({ clusterDns }: PolicyFacts): NftTableHead => ({
  name: 'kubeling-policy',
  hooks: [
    'chain forward {',
    '  type filter hook forward priority filter; policy accept;',
    '  ct state established,related accept',
    '  ip saddr . ip daddr @itself accept',
    '  ip saddr vmap @egress',
    '  ip daddr vmap @ingress',
    '}',
    'chain input {',
    '  type filter hook input priority filter; policy accept;',
    `  ip daddr != ${clusterDns} accept`,
    '  ct state established,related accept',
    '  ip saddr vmap @egress',
    '}',
  ],
})

/**
 * The rules that make the policies true for the pods of this node. A pod that no policy selects for a direction is in no map and
 * may do what it likes; of one that is, everything is dropped that no rule of any of its policies lets through. Pods with the
 * same policies share a chain, and peers with the same selectors a set, so that a pod's coming and going is a few elements.
 */
export function policyTable({ policies, pods, namespaces }: PolicyView, { nodeName, clusterDns }: PolicyFacts): NftTable {
  const everyPod = [...pods, dnsPod(clusterDns)]
  const own = pods.filter(({ node }) => node === nodeName)
  const sets = new Map<string, NftSet>()
  const chains = new Map<string, readonly string[]>()
  const use = (name: string, set: () => NftSet) => {
    if (!sets.has(name)) sets.set(name, set())
    return name
  }
  const peerMatch = (peer: NetworkPolicyPeer, namespace: string, side: string): string[] => {
    if (peer.ipBlock) return blockMatch(peer.ipBlock, side)
    const { podSelector, namespaceSelector } = peer
    const name = `pods-${short({ podSelector, namespaceSelector, namespace: namespaceSelector ? '' : namespace })}`
    use(name, () => addressSet(podsOfPeer(peer, { pods: everyPod, namespaces, namespace }).map(({ address }) => address)))
    return [`ip ${side} @${name}`]
  }
  const linesOf = ({ peers, ports }: Rule, namespace: string, direction: Direction): string[] => {
    const side = direction === 'ingress' ? 'saddr' : 'daddr'
    const from = peers.length === 0 ? [''] : peers.flatMap(peer => peerMatch(peer, namespace, side))
    const { matches, named } = portMatches(ports)
    for (const { protocol, name } of named) use(namedPortSet(protocol, name), () => portSet(everyPod, protocol, name))
    return from.flatMap(peer => matches.map(port => [peer, port, 'return'].filter(Boolean).join(' ')))
  }
  const chainOf = (selecting: readonly NetworkPolicy[], direction: Direction): string => {
    const rules = selecting.flatMap(policy =>
      rulesOf(policy, direction).flatMap(rule => linesOf(rule, policy.metadata.namespace ?? '', direction)),
    )
    const lines = [...new Set(rules), 'counter drop']
    const name = `${direction}-${short(lines)}`
    chains.set(name, lines)
    return `jump ${name}`
  }
  const verdicts = (direction: Direction): Map<string, string> => {
    const selecting = new Map<string, NetworkPolicy[]>()
    const about = policies.filter(policy => isAbout(policy, direction)).sort(byKey)
    for (const policy of about)
      for (const { address } of podsIn(own, policy.metadata.namespace ?? '', policy.spec.podSelector))
        selecting.set(address, [...(selecting.get(address) ?? []), policy])
    return new Map([...selecting].sort(byName).map(([address, list]) => [address, chainOf(list, direction)]))
  }
  const maps = new Map([
    ['egress', verdicts('egress')],
    ['ingress', verdicts('ingress')],
  ])
  const isolated = sortedUnique([...maps.values()].flatMap(map => [...map.keys()]))
  use('itself', () => ({ type: 'ipv4_addr . ipv4_addr', elements: isolated.map(address => `${address} . ${address}`) }))
  return { sets, maps, chains }
}

const isAbout = ({ spec: { policyTypes = [] } }: NetworkPolicy, direction: Direction) =>
  policyTypes.includes(direction === 'ingress' ? 'Ingress' : 'Egress')

const rulesOf = ({ spec }: NetworkPolicy, direction: Direction): Rule[] =>
  direction === 'ingress'
    ? (spec.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }))
    : (spec.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }))

/** Nothing for a range of IPv6: the pods have no such addresses. */
function blockMatch({ cidr, except = [] }: IPBlock, side: string): string[] {
  if (parseAddress(cidr.split('/')[0] ?? '') === undefined) return []
  const range = parseCidr(cidr)
  const holes = outermost(except.map(parseCidr)).map(formatCidr)
  const within = range.prefix === 0 ? '' : `ip ${side} ${formatCidr(range)}`
  return [[within, ...(holes.length > 0 ? [`ip ${side} != { ${holes.join(', ')} }`] : [])].filter(Boolean).join(' ')]
}
const formatCidr = ({ first, prefix }: Cidr) => `${formatAddress(first)}/${prefix}`

/** Ranges without those that lie within others, which nftables would refuse. */
const outermost = (ranges: readonly Cidr[]): Cidr[] =>
  [...ranges]
    .sort((a, b) => a.first - b.first || a.prefix - b.prefix)
    .reduce<Cidr[]>((kept, range) => (kept.some(({ last }) => last >= range.last) ? kept : [...kept, range]), [])

const addressSet = (addresses: readonly string[]): NftSet => ({ type: 'ipv4_addr', elements: sortedUnique(addresses) })
const portSet = (pods: readonly PolicyPod[], protocol: string, name: string): NftSet => ({
  type: 'ipv4_addr . inet_service',
  elements: sortedUnique(
    pods.flatMap(({ address, ports }) =>
      ports.filter(port => port.name === name && port.protocol === protocol).map(({ port }) => `${address} . ${port}`),
    ),
  ),
})

const short = (value: unknown) => hashJson(value).slice(0, 16)
const sortedUnique = (texts: readonly string[]) => [...new Set(texts)].sort()
const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1)
const keyOf = ({ metadata }: NetworkPolicy) => `${metadata.namespace}/${metadata.name}`
const byKey = (a: NetworkPolicy, b: NetworkPolicy) => (keyOf(a) < keyOf(b) ? -1 : 1)
