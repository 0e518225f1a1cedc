import { networkInterfaces } from 'node:os'
import { cidrContains, parseCidr } from '../../common/cidr.ts'
import { runCommand } from '../../common/run-command.ts'

/** The name of the device that leads to other machines (`plan-tunnel.ts`). */
export const TUNNEL_DEVICE = 'kubeling-tunnel'

/** What a node needs to know of another to reach its pods. */
export interface Neighbour {
  readonly address: string
  readonly podCidr: string
}

/** The `ip -batch` lines that send each neighbour's pods to the neighbour, and drop routes that lead to nobody any more. */
export function planRoutes(neighbours: readonly Neighbour[], current: readonly Neighbour[]): string[] {
  const wanted = new Map(neighbours.map(({ podCidr, address }) => [podCidr, address]))
  const have = new Map(current.map(({ podCidr, address }) => [podCidr, address]))
  const stale = [...have.keys()].filter(podCidr => !wanted.has(podCidr)).map(podCidr => `route del ${podCidr}`)
  const changed = [...wanted]
    .filter(([podCidr, address]) => have.get(podCidr) !== address)
    .map(([podCidr, address]) => `route replace ${podCidr} via ${address}`)
  return [...stale, ...changed]
}

/** Routes through a gateway to ranges inside the cluster's pod range: the ones this agent (or the one before it) made. */
export async function currentRoutes(clusterCidr: string): Promise<Neighbour[]> {
  const cluster = parseCidr(clusterCidr)
  const routes = JSON.parse((await runCommand(['ip', '-json', '-4', 'route', 'show'])) || '[]') as {
    dst: string
    gateway?: string
    dev?: string
  }[]
  return routes.flatMap(({ dst, gateway, dev }) =>
    // The tunnel's routes have a writer of their own.
    gateway && dev !== TUNNEL_DEVICE && dst.includes('/') && cidrContains(cluster, dst.split('/')[0] ?? '')
      ? [{ podCidr: dst, address: gateway }]
      : [],
  )
}

export async function applyRoutes(lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await runCommand(['ip', '-batch', '-'], `${lines.join('\n')}\n`)
}

/** The interface that has an address in the range. */
const interfaceIn = (range: string): string | undefined => {
  const cidr = parseCidr(range)
  return Object.entries(networkInterfaces()).find(([, addresses]) => addresses?.some(({ address }) => cidrContains(cidr, address)))?.[0]
}

/** The range of the network in which this machine has the address; the address alone when it has no such network. */
export const networkOf = (address: string): string =>
  Object.values(networkInterfaces())
    .flatMap(addresses => addresses ?? [])
    // The tunnel to other machines has the address too, without a network.
    .find(each => each.address === address && !each.cidr?.endsWith('/32'))?.cidr ?? `${address}/32`

/**
 * Makes the node the router of its pods. It takes the address that they have as default route, which Docker refuses to assign;
 * and it keeps its own default route on the nodes' network, where Docker may have put it on the pods' side.
 */
export async function becomeRouter({
  podCidr,
  gateway,
  nodeGateway,
}: {
  podCidr: string
  gateway: string
  nodeGateway: string | undefined
}): Promise<void> {
  const device = interfaceIn(podCidr)
  if (!device) throw new Error(`this node has no interface in ${podCidr}: it is not connected to its pod network`)
  await runCommand(['ip', 'address', 'replace', `${gateway}/${podCidr.split('/')[1]}`, 'dev', device])
  if (nodeGateway) await runCommand(['ip', 'route', 'replace', 'default', 'via', nodeGateway])
}

/** Gives the node one more address, which only it and its pods know: what is sent there stays in the node. */
export async function takeAddress(address: string): Promise<void> {
  await runCommand(['ip', 'address', 'replace', `${address}/32`, 'dev', 'lo'])
}
