import { Node } from '../../api/core/node.ts'
import { watching, type Controller } from '../../client/controller.ts'
import { formatAddress, parseCidr } from '../../common/cidr.ts'
import type { ControllerContext } from './context.ts'

/** Each node gets 254 addresses for pods, as upstream's default has it. */
const nodePrefix = 24

/** The first range of the cluster's that no node has; undefined when all are given away. */
function freeRange(clusterCidr: string, taken: ReadonlySet<string>): string | undefined {
  const { first, last, prefix } = parseCidr(clusterCidr)
  const size = 2 ** (32 - Math.max(nodePrefix, prefix))
  for (let start = first; start <= last; start += size) {
    const range = `${formatAddress(start)}/${Math.max(nodePrefix, prefix)}`
    if (!taken.has(range)) return range
  }
  return undefined
}

/**
 * Gives every node a range of pod addresses. What has been given is in the nodes' specs alone, so nothing is forgotten by a
 * restart; one worker and the memory of what it just wrote keep two nodes from getting the same.
 */
export const nodeIpamController = ({ client, informers, events }: ControllerContext, clusterCidr: string): Controller => {
  const given = new Map<string, string>()
  return {
    name: 'node-ipam-controller',
    watches: [watching(Node)],
    workers: 1,
    async reconcile(key) {
      const nodes = informers.for(Node).cache
      const node = nodes.get(key)
      if (!node) {
        given.delete(key)
        return
      }
      if (node.spec.podCIDR) return
      const taken = new Set([...given.values(), ...nodes.list().flatMap(({ spec }) => spec.podCIDR ?? [])])
      const podCIDR = given.get(node.metadata.name) ?? freeRange(clusterCidr, taken)
      if (!podCIDR) {
        const message = `Node ${key} status is now: CIDRNotAvailable`
        events.event(node, { type: 'Normal', reason: 'CIDRNotAvailable', message })
        throw new Error(`no range left in ${clusterCidr} for node ${key}`)
      }
      given.set(key, podCIDR)
      const body = { metadata: { uid: node.metadata.uid }, spec: { podCIDR, podCIDRs: [podCIDR] } }
      await client.patch(Node, node.metadata, { type: 'merge', body })
    },
  }
}
