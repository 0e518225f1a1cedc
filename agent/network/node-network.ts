import { Node } from '../../api/core/node.ts'
import { WorkQueue } from '../../client/work-queue.ts'
import { runAll, type Runnable } from '../../common/run.ts'
import { ServiceProxy, type ServiceProxyOptions } from './proxy/service-proxy.ts'
import { applyRoutes, currentRoutes, planRoutes, type Neighbour } from './routes.ts'

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
        if (addressOf(node) !== addressOf(previous) || node.spec.podCIDR !== previous.spec.podCIDR) changed()
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
    const { informers, nodeName, facts } = this.#options
    const neighbours = informers
      .for(Node)
      .cache.list()
      .flatMap((node): Neighbour[] => {
        const address = addressOf(node)
        return node.metadata.name !== nodeName && address && node.spec.podCIDR ? [{ address, podCidr: node.spec.podCIDR }] : []
      })
    await applyRoutes(planRoutes(neighbours, await currentRoutes(facts.clusterCidr)))
    return RESYNC_MILLISECONDS
  }
}

const addressOf = (node: Node) => node.status.addresses?.find(({ type }) => type === 'InternalIP')?.address
