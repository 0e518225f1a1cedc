import { messageOf } from '../../../common/error-message.ts'
import { runCommand } from '../../../common/run-command.ts'
import type { RuleSet } from './rule-set.ts'

/** A connection over UDP as the kernel remembers it: what was asked, and where it was led. */
export interface Flow {
  readonly address: string
  readonly port: string
  readonly endpointAddress: string
  readonly endpointPort: string
}

/** What `conntrack -L` prints, a line for each flow: the question's addresses and ports, then the answer's. */
export function parseFlows(listing: string): Flow[] {
  return listing.split('\n').flatMap((line): Flow[] => {
    const [, address, port, endpointAddress, endpointPort] =
      / dst=(\S+) sport=\d+ dport=(\d+) .*? ?src=(\S+) dst=\S+ sport=(\d+) /.exec(line) ?? []
    return address && port && endpointAddress && endpointPort ? [{ address, port, endpointAddress, endpointPort }] : []
  })
}

/**
 * The flows that go on to an endpoint which no longer serves, or to the service's own address from before it had endpoints. The kernel
 * translates only the first packet of a flow, so that a client which keeps its port would never reach anybody again.
 */
export function staleFlows(flows: readonly Flow[], from: Pick<RuleSet, 'datagrams'>, to: Pick<RuleSet, 'datagrams'>): Flow[] {
  const stale = flows.filter(({ address, port, endpointAddress, endpointPort }) => {
    const key = `${address} . udp . ${port}`
    const serving = to.datagrams.get(key)
    if (!serving && !from.datagrams.has(key)) return false
    return !serving?.has(`${endpointAddress} . ${endpointPort}`)
  })
  return [...new Map(stale.map(flow => [JSON.stringify(flow), flow])).values()]
}

/** Whether endpoints that are asked over UDP differ, so that there may be stale flows. */
export const datagramsDiffer = (from: Pick<RuleSet, 'datagrams'>, to: Pick<RuleSet, 'datagrams'>): boolean =>
  from.datagrams.size !== to.datagrams.size ||
  [...to.datagrams].some(([key, serving]) => {
    const before = from.datagrams.get(key)
    return before?.size !== serving.size || [...serving].some(endpoint => !before.has(endpoint))
  })

/** Makes the kernel forget the stale flows: their next packet is led anew. */
export async function forgetStaleFlows(from: Pick<RuleSet, 'datagrams'>, to: Pick<RuleSet, 'datagrams'>): Promise<number> {
  if (!datagramsDiffer(from, to)) return 0
  const stale = staleFlows(parseFlows(await runCommand(['conntrack', '-L', '-p', 'udp'])), from, to)
  for (const { address, port, endpointAddress } of stale) {
    try {
      await runCommand(['conntrack', '-D', '-p', 'udp', '--orig-dst', address, '--dport', port, '--reply-src', endpointAddress])
    } catch (error) {
      // It ended by itself meanwhile.
      if (!messageOf(error).includes('0 flow entries')) throw error
    }
  }
  return stale.length
}
