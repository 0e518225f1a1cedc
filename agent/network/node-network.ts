import { tunnelAnnotation, tunnelEndpointOf } from '../../api/core/node-tunnel.ts'
import { Node } from '../../api/core/node.ts'
import { WorkQueue } from '../../client/work-queue.ts'
import { runAll, type Runnable } from '../../common/run.ts'
import { ServiceProxy, type ServiceProxyOptions } from './proxy/service-proxy.ts'
import { cidrContains, parseCidr } from '../../common/cidr.ts'
import type { RemoteNode } from './plan-tunnel.ts'
import { applyRoutes, currentRoutes, planRoutes, type Neighbour } from './routes.ts'
import { syncTunnel } from './tunnel.ts'

/** How often routes are compared with the kernel although nothing changed: somebody else may have. */
const RESYNC_MILLISECONDS = 5 * 60_000
/** Changes that come together are made together. */
const GATHER_MILLISECONDS = 20
const RETRY_MILLISECONDS = 1_000
const ROUTES = 'routes'

/** Keeps the node's routes to other nodes' pods, and its translation of Services, equal to what the API says. */
export class NodeNetwork implements Runnable {
  readonly #options: ServiceProxyOptions
  readonly #queue: WorkQueue
  readonly #proxy: ServiceProxy

  constructor(options: ServiceProxyOptions) {
    this.#options = options
    this.#proxy = new ServiceProxy(options)
    this.#queue = new WorkQueue(() => this.#syncRoutes(), {
      backoff: () => RETRY_MILLISECONDS,
      onError: (_, error) => options.log.error('the routes could not be brought up to date', { error }),
    })
    const changed = () => this.#queue.addAfter(ROUTES, GATHER_MILLISECONDS)
    options.informers.for(Node).addListener({
      added: changed,
      deleted: changed,
      // A node's heartbeats are no news here.
      updated: (node, previous) => {
        if (whereIs(node) !== whereIs(previous)) changed()
      },
    })
  }

  async run(signal: AbortSignal): Promise<void> {
    const routes: Runnable = {
      run: async signal => {
        try {
          await this.#options.informers.for(Node).synced(signal)
        } catch (error) {
          if (signal.aborted) return
          throw error
        }
        this.#queue.add(ROUTES)
        await this.#queue.run(signal)
      },
    }
    await runAll([routes, this.#proxy], signal)
  }

  async #syncRoutes(): Promise<number> {
    const { informers, nodeName, facts, log } = this.#options
    const others = informers
      .for(Node)
      .cache.list()
      .filter(({ metadata }) => metadata.name !== nodeName)
    const { near, remote, unreachable } = neighboursAmong(others, facts.nodeCidr)
    for (const node of unreachable)
      log.warn("the node's pods cannot be reached: it is on another machine, and does not say where its tunnel ends", { node })
    await applyRoutes(planRoutes(near, await currentRoutes(facts.clusterCidr)))
    await syncTunnel(remote, { nodeIp: facts.nodeAddresses[0] ?? '', podCidr: facts.podCidr })
    return RESYNC_MILLISECONDS
  }
}

export interface Neighbours {
  /** In this node's network: on the same machine. */
  readonly near: Neighbour[]
  /** Elsewhere, behind the end of a tunnel that they tell. */
  readonly remote: RemoteNode[]
  /** Names of those elsewhere that tell of none. */
  readonly unreachable: string[]
}

/** How each of the nodes is reached. */
export function neighboursAmong(nodes: readonly Node[], nodeCidr: string): Neighbours {
  const network = parseCidr(nodeCidr)
  const found: Neighbours = { near: [], remote: [], unreachable: [] }
  for (const node of nodes) {
    const [address, podCidr, endpoint] = [addressOf(node), node.spec.podCIDR, tunnelEndpointOf(node)]
    if (!address || !podCidr) continue
    if (cidrContains(network, address)) found.near.push({ address, podCidr })
    else if (endpoint) found.remote.push({ address, podCidr, endpoint })
    else found.unreachable.push(node.metadata.name)
  }
  return found
}

/** Everything about a node that routes depend on. */
const whereIs = (node: Node): string =>
  [addressOf(node), node.spec.podCIDR, node.metadata.annotations?.[tunnelAnnotation]].map(part => part ?? '').join(' ')

const addressOf = (node: Node) => node.status.addresses?.find(({ type }) => type === 'InternalIP')?.address
