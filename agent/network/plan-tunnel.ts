import type { TunnelEndpoint } from '../../api/core/node-tunnel.ts'
import { formatAddress, parseCidr } from '../../common/cidr.ts'
import { TUNNEL_DEVICE, type Neighbour } from './routes.ts'

/** The VXLAN device of the node; the same number on every node of every cluster, whose endpoints differ. */
export const TUNNEL = { device: TUNNEL_DEVICE, id: 10_250, port: 4789 } as const
/** What VXLAN puts before each packet. */
const OVERHEAD_BYTES = 50

/** A node of another machine. */
export interface RemoteNode extends Neighbour {
  readonly endpoint: TunnelEndpoint
}

/** The own end of the tunnel. */
export interface TunnelEnd {
  readonly nodeIp: string
  readonly podCidr: string
  /** How large packets may be that the node sends to its network. */
  readonly mtu: number
}

/** A node's hardware address in the tunnel follows from its range, so that nobody has to ask for it. */
const hardwareAddress = (podCidr: string): string => {
  const { first } = parseCidr(podCidr)
  return ['02', '6b', ...[24, 16, 8, 0].map(shift => ((first >>> shift) & 255).toString(16).padStart(2, '0'))].join(':')
}
const gatewayOf = (podCidr: string): string => formatAddress(parseCidr(podCidr).first + 1)

/** `ip` arguments that make the device; it learns nothing by itself and asks nobody. */
export function deviceCommands({ nodeIp, podCidr, mtu }: TunnelEnd, exists: boolean): string[][] {
  const { device, id, port } = TUNNEL
  // Without checksums of its own: those of packets that never left a kernel are not worked out yet, and Docker, which translates the
  // outer addresses, would leave the outer sum wrong. What is inside has its own.
  const add = ['link', 'add', device, 'type', 'vxlan', 'id', `${id}`, 'dstport', `${port}`, 'nolearning', 'noudpcsum']
  return [
    ...(exists ? [['address', 'flush', 'dev', device]] : [add]),
    ['link', 'set', device, 'address', hardwareAddress(podCidr), 'mtu', `${mtu - OVERHEAD_BYTES}`, 'up'],
    // What the node itself sends through the tunnel comes from its address, which leads back.
    ['address', 'replace', `${nodeIp}/32`, 'dev', device],
  ]
}

export interface TunnelPlan {
  /** Lines of `bridge -batch`: where the ends are. */
  readonly ends: readonly string[]
  /** Lines of `ip -batch`: who is behind them. */
  readonly routes: readonly string[]
}

/** What leads to remote nodes and their pods, and away from those that are gone; `current` are destinations that are routed through the tunnel. */
export function planTunnel(remotes: readonly RemoteNode[], current: readonly string[]): TunnelPlan {
  const { device } = TUNNEL
  const wanted = new Set(remotes.flatMap(({ address, podCidr }) => [address, podCidr]))
  const stale = current.filter(destination => !wanted.has(destination)).map(destination => `route del ${destination} dev ${device}`)
  const ends = remotes.map(
    ({ podCidr, endpoint }) => `fdb replace ${hardwareAddress(podCidr)} dev ${device} dst ${endpoint.address} port ${endpoint.port}`,
  )
  const routes = remotes.flatMap(({ address, podCidr }) => {
    const gateway = gatewayOf(podCidr)
    return [
      `neighbour replace ${gateway} lladdr ${hardwareAddress(podCidr)} dev ${device} nud permanent`,
      ...[podCidr, address].map(destination => `route replace ${destination} via ${gateway} dev ${device} onlink`),
    ]
  })
  return { ends, routes: [...stale, ...routes] }
}
