import { networkInterfaces } from 'node:os'
import { Node } from '../../api/core/node.ts'
import type { Informers } from '../../client/informers.ts'
import type { Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { Runnable } from '../../common/run.ts'
import { ownAddresses, type Interfaces } from './facts.ts'

const LOOK_MILLISECONDS = 1_000

export interface NodeWatchOptions {
  readonly nodeName: string
  /** What the agent was started with. */
  readonly nodeIp: string
  readonly podCidr: string
  readonly gateway: string
  readonly clusterCidr: string
  readonly informers: Informers
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Notices when the ground of everything else shifts: the node's address, its interface on the pods' side, its range of pods.
 * Then it fails, and the agent begins anew with what is true now (addresses, routes, certificate, Node status); pods run on.
 */
export class NodeWatch implements Runnable {
  readonly #options: NodeWatchOptions
  #cutOff = false

  constructor(options: NodeWatchOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, informers, nodeName, podCidr } = this.#options
    const moved = new AbortController()
    const look = ({ metadata, spec }: Node) => {
      if (metadata.name === nodeName && spec.podCIDR && spec.podCIDR !== podCidr)
        moved.abort(new Error(`the node's pods have the range ${spec.podCIDR} now, no longer ${podCidr}: the agent starts again`))
    }
    const forget = informers.for(Node).addListener({ added: look, updated: look })
    try {
      while (!signal.aborted) {
        moved.signal.throwIfAborted()
        this.#checkAddresses()
        await clock.sleep(LOOK_MILLISECONDS, signal).catch((reason: unknown) => {
          if (!signal.aborted) throw reason
        })
      }
    } finally {
      forget()
    }
  }

  #checkAddresses(): void {
    const { nodeIp, gateway, clusterCidr, log } = this.#options
    const interfaces = networkInterfaces()
    const addresses = ownAddresses(clusterCidr, interfaces)
    const [address] = addresses
    if (!address) {
      if (!this.#cutOff) log.warn('the node is cut off: it has no address outside the range of the pods any more')
      this.#cutOff = true
      return
    }
    if (!addresses.includes(nodeIp)) throw new Error(`the node has the address ${address} now, no longer ${nodeIp}: the agent starts again`)
    if (this.#cutOff) throw new Error('the node is connected again: the agent starts again, with new connections and routes')
    if (!hasAddress(interfaces, gateway))
      throw new Error(`the node lost its address ${gateway} in the pods' network: the agent starts again`)
  }
}

const hasAddress = (interfaces: Interfaces, wanted: string): boolean =>
  Object.values(interfaces).some(addresses => addresses?.some(({ address }) => address === wanted))
