import { networkInterfaces } from 'node:os'
import { readFile } from 'node:fs/promises'
import { runCommand } from '../../common/run-command.ts'
import { deviceCommands, planTunnel, TUNNEL, type RemoteNode, type TunnelEnd } from './plan-tunnel.ts'

const { device } = TUNNEL

/**
 * Keeps the way to nodes on other machines: VXLAN, whose UDP packets go to the ports at which those machines publish their nodes'
 * ends. There is no tunnel while there is no such node.
 */
export async function syncTunnel(remotes: readonly RemoteNode[], end: Omit<TunnelEnd, 'mtu'>): Promise<void> {
  const exists = (await devices()).includes(device)
  if (remotes.length === 0) {
    if (exists) await runCommand(['ip', 'link', 'delete', device])
    return
  }
  const isRight = exists && (networkInterfaces()[device] ?? []).some(({ address }) => address === end.nodeIp)
  if (!isRight) for (const command of deviceCommands({ ...end, mtu: await mtuOf(end.nodeIp) }, exists)) await runCommand(['ip', ...command])
  const { ends, routes } = planTunnel(remotes, await destinations())
  await runCommand(['bridge', '-batch', '-'], `${ends.join('\n')}\n`)
  await runCommand(['ip', '-batch', '-'], `${routes.join('\n')}\n`)
}

async function devices(): Promise<string[]> {
  const links = JSON.parse((await runCommand(['ip', '-json', 'link', 'show'])) || '[]') as { ifname: string }[]
  return links.map(({ ifname }) => ifname)
}

/** What is routed through the tunnel by now. */
async function destinations(): Promise<string[]> {
  const routes = JSON.parse((await runCommand(['ip', '-json', '-4', 'route', 'show', 'dev', device])) || '[]') as { dst: string }[]
  return routes.map(({ dst }) => dst)
}

const usualMtu = 1500

/** That of the interface with the address: what the tunnel's packets leave by. */
async function mtuOf(address: string): Promise<number> {
  const [name] = Object.entries(networkInterfaces()).find(([, all]) => all?.some(each => each.address === address)) ?? []
  return name === undefined ? usualMtu : Number(await readFile(`/sys/class/net/${name}/mtu`, 'utf8'))
}
