import { mapNames, mapTypes } from './rule-set.ts'

/** What a node needs to know of itself and of the cluster to translate Services. */
export interface ProxyFacts {
  /** Where node ports are open. */
  readonly nodeAddresses: readonly string[]
  /** The network that the node's address is in. */
  readonly nodeCidr: string
  readonly podCidr: string
  readonly clusterCidr: string
  readonly serviceCidr: string
  /** Where the node itself answers for names, as long as the Service at that address leads nowhere else. */
  readonly clusterDns: string
}

export interface Chain {
  readonly name: string
  readonly lines: readonly string[]
}

export const TABLE = 'ip kubeling'
/** Connections with this mark are masqueraded on their way out; upstream's bit 14. */
export const MASQUERADE = '0x4000'
const REFUSE = 'refuse'

export const key = (address: string, protocol: string, port: number): string => `${address} . ${protocol} . ${port}`
export const gotoChain = (name: string): string => `goto ${name}`
export const refused = gotoChain(REFUSE)
export const dropped = 'drop'

const translate = (scope: '' | 'local-') => `dnat ip to ip daddr . meta l4proto . th dport . meta mark map @${scope}endpoints`

/** Chooses among so many endpoints of whatever address and port the packet has. */
export const pick = (scope: '' | 'local-', count: number): Chain => ({
  name: `pick-${scope}${count}`,
  lines: [
    // The number takes the way through the packet's mark, which keys of maps can be made of.
    `meta mark set numgen random mod ${count} ${translate(scope)}`,
    // A packet that comes while the table changes may see the chain as it was and endpoints as they are: the first is always there.
    ...(count > 1 ? [`meta mark set 0 ${translate(scope)}`] : []),
  ],
})

/** The same for outsiders, who get the node's address, so that answers come back this way. */
export const externally = (chain: string): Chain => ({
  name: `external-${chain}`,
  lines: [`ct mark set ct mark | ${MASQUERADE}`, gotoChain(chain)],
})

/** The chains that packets enter by, and those they all share; with the maps they are what never changes. */
export function baseChains(facts: ProxyFacts): ReadonlyMap<string, readonly string[]> {
  const translate = 'ip daddr . meta l4proto . th dport vmap @services'
  const guard = 'ip daddr . meta l4proto . th dport vmap @firewalls'
  const refusals = [
    `ip daddr ${facts.clusterDns} meta l4proto { tcp, udp } th dport 53 accept`,
    // Whoever asks from the node itself does so from the same address, and is answered there.
    `ip saddr ${facts.clusterDns} meta l4proto { tcp, udp } th sport 53 accept`,
    'ip daddr . meta l4proto . th dport vmap @no-endpoints',
    // What still has a service's address was not translated: no service has that port. Nobody outside may be asked instead.
    `ip daddr ${facts.serviceCidr} ${refused}`,
  ]
  return new Map([
    [
      'prerouting',
      [
        'type nat hook prerouting priority dstnat; policy accept;',
        // Outsiders that know the way to cluster addresses.
        `ip daddr ${facts.serviceCidr} ip saddr != ${facts.clusterCidr} ct mark set ct mark | ${MASQUERADE}`,
        translate,
      ],
    ],
    ['output', ['type nat hook output priority -100; policy accept;', translate]],
    ['firewall', ['type filter hook prerouting priority dstnat - 10; policy accept;', guard]],
    ['firewall-local', ['type filter hook output priority -110; policy accept;', guard]],
    ['reject-forwarded', ['type filter hook forward priority filter; policy accept;', ...refusals]],
    ['reject-local', ['type filter hook output priority filter; policy accept;', ...refusals]],
    ['reject-to-node', ['type filter hook input priority filter; policy accept;', ...refusals]],
    // The kernel sends few ICMP answers a second; resets it sends always.
    [REFUSE, ['meta l4proto tcp reject with tcp reset', 'reject']],
    [
      'postrouting',
      [
        'type nat hook postrouting priority srcnat; policy accept;',
        `ct mark & ${MASQUERADE} == ${MASQUERADE} masquerade`,
        // A pod that reaches itself through a service would see its own address as the client's.
        'ip saddr . ip daddr @hairpins masquerade',
        // The host masquerades what comes from the nodes' network and crosses the pods' bridge, and the answers would not come back
        // this way: whoever asks from there has the node's address before.
        `ip daddr ${facts.podCidr} ip saddr ${facts.nodeCidr} masquerade`,
        // What leaves the cluster leaves it with the node's address.
        `ip saddr ${facts.podCidr} ip daddr != ${facts.clusterCidr} oifname "eth*" masquerade`,
      ],
    ],
  ])
}

/** Declares the maps and sets that are always there; declaring one again does nothing. */
export const declareMaps = (): string[] => mapNames.map(name => `add ${kindOf(name)} ${TABLE} ${name} { ${mapTypes[name]} }`)
export const flushMaps = (): string[] => mapNames.map(name => `flush ${kindOf(name)} ${TABLE} ${name}`)
const kindOf = (name: (typeof mapNames)[number]): 'map' | 'set' => (name === 'hairpins' ? 'set' : 'map')
