import { EndpointSlice } from '../../api/discovery/endpoint-slice.ts'
import { Node } from '../../api/core/node.ts'
import { Service } from '../../api/core/service.ts'
import type { Informers } from '../../client/informers.ts'
import { WorkQueue } from '../../client/work-queue.ts'
import type { Logger } from '../../common/log.ts'
import { runCommand } from '../../common/run-command.ts'
import type { Runnable } from '../../common/run.ts'
import { applyRoutes, currentRoutes, planRoutes, type Neighbour } from './routes.ts'
import { serviceRules, type NetworkFacts } from './service-rules.ts'

/** How often everything is compared with the kernel although nothing changed: somebody else may have. */
const RESYNC_MILLISECONDS = 5 * 60_000
/** Changes that come together are loaded together. */
const GATHER_MILLISECONDS = 20
const RETRY_MILLISECONDS = 1_000

export interface NodeNetworkOptions {
  readonly nodeName: string
  readonly facts: NetworkFacts
  readonly informers: Informers
  readonly log: Logger
}

/** Keeps the node's routes to other nodes' pods, and its translation of Services, equal to what the API says. */
export class NodeNetwork implements Runnable {
  readonly #options: NodeNetworkOptions
  readonly #queue: WorkQueue
  readonly #work: Readonly<Record<string, () => Promise<void>>>
  #loaded = ''

  constructor(options: NodeNetworkOptions) {
    this.#options = options
    this.#work = { routes: () => this.#syncRoutes(), services: () => this.#syncServices() }
    this.#queue = new WorkQueue(key => this.#sync(key), {
      backoff: () => RETRY_MILLISECONDS,
      onError: (part, error) => options.log.error('the network could not be brought up to date', { part, error }),
    })
    const { informers } = options
    const on = (part: string) => {
      const poke = () => this.#queue.addAfter(part, GATHER_MILLISECONDS)
      return { added: poke, updated: poke, deleted: poke }
    }
    const routes = () => this.#queue.addAfter('routes', GATHER_MILLISECONDS)
    informers.for(Node).addListener({
      added: routes,
      deleted: routes,
      // A node's heartbeats are no news here.
      updated: (node, previous) => {
        if (addressOf(node) !== addressOf(previous) || node.spec.podCIDR !== previous.spec.podCIDR) routes()
      },
    })
    informers.for(Service).addListener(on('services'))
    informers.for(EndpointSlice).addListener(on('services'))
  }

  async run(signal: AbortSignal): Promise<void> {
    const { informers } = this.#options
    const synced = Promise.all([
      informers.for(Node).synced(signal),
      informers.for(Service).synced(signal),
      informers.for(EndpointSlice).synced(signal),
    ])
    try {
      await synced
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    for (const part of Object.keys(this.#work)) this.#queue.add(part)
    await this.#queue.run(signal)
  }

  async #sync(part: string): Promise<number> {
    await this.#work[part]?.()
    return RESYNC_MILLISECONDS
  }

  async #syncRoutes(): Promise<void> {
    const { informers, nodeName, facts } = this.#options
    const neighbours = informers
      .for(Node)
      .cache.list()
      .flatMap((node): Neighbour[] => {
        const address = addressOf(node)
        return node.metadata.name !== nodeName && address && node.spec.podCIDR ? [{ address, podCidr: node.spec.podCIDR }] : []
      })
    await applyRoutes(planRoutes(neighbours, await currentRoutes(facts.clusterCidr)))
  }

  async #syncServices(): Promise<void> {
    const { informers, facts } = this.#options
    const rules = serviceRules(
      informers.for(Service).cache.list() as Service[],
      informers.for(EndpointSlice).cache.list() as EndpointSlice[],
      facts,
    )
    if (rules === this.#loaded && (await tableIsThere())) return
    await runCommand(['nft', '-f', '-'], rules)
    this.#loaded = rules
  }
}

const addressOf = (node: Node) => node.status.addresses?.find(({ type }) => type === 'InternalIP')?.address

async function tableIsThere(): Promise<boolean> {
  return (await runCommand(['nft', 'list', 'tables', 'ip'])).includes('table ip kubeling')
}
