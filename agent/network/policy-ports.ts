import type { NetworkPolicyPort } from '../../api/networking/network-policy.ts'

/** Name of the set of (address, port) pairs of pods that call a port so. */
export const namedPortSet = (protocol: string, name: string): string => `port-${protocol}-${name}`

export interface PortMatches {
  /** Each is one condition of a rule; an empty text is no condition. */
  readonly matches: readonly string[]
  readonly named: readonly { readonly protocol: string; readonly name: string }[]
}

/** The ports of a rule as conditions of nftables: one per protocol, and one per name. No ports at all mean every connection. */
export function portMatches(ports: readonly NetworkPolicyPort[]): PortMatches {
  if (ports.length === 0) return { matches: [''], named: [] }
  const byProtocol = new Map<string, NetworkPolicyPort[]>()
  for (const port of ports) {
    const protocol = (port.protocol ?? 'TCP').toLowerCase()
    byProtocol.set(protocol, [...(byProtocol.get(protocol) ?? []), port])
  }
  const all = [...byProtocol].map(([protocol, list]) => ofProtocol(protocol, list))
  return { matches: all.flatMap(({ matches }) => matches), named: all.flatMap(({ named }) => named) }
}

function ofProtocol(protocol: string, ports: readonly NetworkPolicyPort[]): PortMatches {
  const start = `meta l4proto ${protocol}`
  if (ports.some(({ port }) => port === undefined)) return { matches: [start], named: [] }
  const ranges = ports.flatMap(({ port, endPort }) => (typeof port === 'number' ? [{ first: port, last: endPort ?? port }] : []))
  const names = [...new Set(ports.flatMap(({ port }) => (typeof port === 'string' ? [port] : [])))]
  const numbers = merged(ranges).map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
  return {
    matches: [
      ...(numbers.length > 0 ? [`${start} th dport { ${numbers.join(', ')} }`] : []),
      ...names.map(name => `${start} ip daddr . th dport @${namedPortSet(protocol, name)}`),
    ],
    named: names.map(name => ({ protocol, name })),
  }
}

interface Range {
  readonly first: number
  readonly last: number
}

/** Ranges that do not overlap, which nftables insists on. */
function merged(ranges: readonly Range[]): Range[] {
  return [...ranges]
    .sort((a, b) => a.first - b.first)
    .reduce<Range[]>((done, range) => {
      const previous = done.at(-1)
      if (!previous || range.first > previous.last + 1) return [...done, range]
      return [...done.slice(0, -1), { first: previous.first, last: Math.max(previous.last, range.last) }]
    }, [])
}
