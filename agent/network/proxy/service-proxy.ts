import { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { Service } from '../../../api/core/service.ts'
import { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import { keyOf } from '../../../client/cache.ts'
import type { Informer } from '../../../client/informer.ts'
import type { Informers } from '../../../client/informers.ts'
import { WorkQueue } from '../../../client/work-queue.ts'
import type { Logger } from '../../../common/log.ts'
import { runCommand } from '../../../common/run-command.ts'
import type { Runnable } from '../../../common/run.ts'
import { TABLE, type ProxyFacts } from './base-rules.ts'
import { HealthCheckServer } from './health-check-server.ts'
import { hasHostPorts, hostPortRules } from './host-port-rules.ts'
import { RuleBook } from './rule-book.ts'
import { emptyRules, mergeRules, type RuleSet } from './rule-set.ts'
import { forgetStaleFlows } from './stale-flows.ts'
import { differenceScript, fullScript, leftoverCommands } from './table-script.ts'

/** How often the whole table is loaded although nothing changed: somebody else may have changed it. */
const RESYNC_MILLISECONDS = 5 * 60_000
/** Changes that come together are loaded together. */
const GATHER_MILLISECONDS = 20
const RETRY_MILLISECONDS = 1_000

const CHANGES = 'changes'
const EVERYTHING = 'everything'

export interface ServiceProxyOptions {
  readonly nodeName: string
  readonly facts: ProxyFacts
  readonly informers: Informers
  /** The pods of this node. */
  readonly pods: Pick<Informer<Pod>, 'addListener' | 'cache' | 'synced'>
  readonly log: Logger
}

/** Keeps the node's nftables table equal to what Services, EndpointSlices and host ports say: kube-proxy's part. */
export class ServiceProxy implements Runnable {
  readonly #options: ServiceProxyOptions
  readonly #book: RuleBook
  readonly #queue: WorkQueue
  readonly #health: HealthCheckServer
  /** What the table holds; undefined while that is not known. */
  #loaded: RuleSet | undefined

  constructor(options: ServiceProxyOptions) {
    this.#options = options
    const { informers, nodeName, facts, pods, log } = options
    this.#book = new RuleBook({ informers, nodeName, facts })
    this.#health = new HealthCheckServer(log)
    // One worker: the table has one writer.
    this.#queue = new WorkQueue(part => this.#sync(part), {
      backoff: () => RETRY_MILLISECONDS,
      onError: (part, error) => log.error('the service proxy could not be brought up to date', { part, error }),
    })
    const changed = (service: string) => {
      this.#book.outdated(service)
      this.#queue.addAfter(CHANGES, GATHER_MILLISECONDS)
    }
    const serviceChanged = (service: Service) => changed(keyOf(service))
    const sliceChanged = (slice: EndpointSlice) => changed(serviceOf(slice))
    informers.for(Service).addListener({ added: serviceChanged, updated: serviceChanged, deleted: serviceChanged })
    informers.for(EndpointSlice).addListener({
      added: sliceChanged,
      updated: (slice, previous) => {
        sliceChanged(slice)
        if (serviceOf(previous) !== serviceOf(slice)) sliceChanged(previous)
      },
      deleted: sliceChanged,
    })
    const nodeChanged = (node: Node) => {
      if (node.metadata.name === nodeName && this.#book.standsIn(node)) this.#queue.addAfter(CHANGES, GATHER_MILLISECONDS)
    }
    informers.for(Node).addListener({ added: nodeChanged, updated: nodeChanged })
    const podChanged = (pod: Pod) => {
      if (hasHostPorts(pod)) this.#queue.addAfter(CHANGES, GATHER_MILLISECONDS)
    }
    pods.addListener({
      added: podChanged,
      updated: (pod, previous) => {
        if (hasHostPorts(pod) !== hasHostPorts(previous) || pod.status.podIP !== previous.status.podIP) {
          podChanged(pod)
          podChanged(previous)
        }
      },
      deleted: podChanged,
    })
  }

  async run(signal: AbortSignal): Promise<void> {
    const { informers, pods } = this.#options
    try {
      await Promise.all([
        informers.for(Node).synced(signal),
        informers.for(Service).synced(signal),
        informers.for(EndpointSlice).synced(signal),
        pods.synced(signal),
      ])
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    this.#queue.add(EVERYTHING)
    try {
      await this.#queue.run(signal)
    } finally {
      this.#health.close()
    }
  }

  async #sync(part: string): Promise<number | undefined> {
    const { facts, pods } = this.#options
    const rules = mergeRules([hostPortRules(pods.cache.list(), facts), ...this.#book.parts()])
    const before = this.#loaded
    const everything = part === EVERYTHING || !before
    const script = everything ? fullScript(rules, facts) : differenceScript(before, rules)
    this.#loaded = undefined
    if (script) await this.#load(script, everything)
    this.#health.update(this.#book.healthChecks())
    await forgetStaleFlows(before ?? emptyRules, rules)
    this.#loaded = rules
    if (everything) await this.#removeLeftovers(rules)
    return part === EVERYTHING ? RESYNC_MILLISECONDS : undefined
  }

  /** A table that another version left may have other types under the same names: then it goes first, and with it the memory of clients. */
  async #load(script: string, everything: boolean): Promise<void> {
    try {
      await runCommand(['nft', '-f', '-'], script)
    } catch (error) {
      if (!everything) throw error
      this.#options.log.warn('the table could not be loaded over the one that was there; it is made anew', { error })
      await runCommand(['nft', '-f', '-'], `add table ${TABLE}\ndelete table ${TABLE}\n${script}`)
    }
  }

  /** Chains and sets that no rule leads to any more. Older kernels need a moment to notice, and refuse until then. */
  async #removeLeftovers(rules: RuleSet): Promise<void> {
    const listing = JSON.parse(await runCommand(['nft', '-t', '-j', 'list', 'table', ...TABLE.split(' ')])) as {
      nftables: { chain?: { name: string }; set?: { name: string } }[]
    }
    const listed = {
      chains: listing.nftables.flatMap(({ chain }) => chain?.name ?? []),
      sets: listing.nftables.flatMap(({ set }) => set?.name ?? []),
    }
    const commands = leftoverCommands(listed, rules, this.#options.facts)
    if (commands.length === 0) return
    await runCommand(['nft', '-f', '-'], commands.map(command => `${command}\n`).join('')).catch((error: unknown) =>
      this.#options.log.debug('chains that are out of use could not be removed yet', { error }),
    )
  }
}

const serviceOf = ({ metadata }: EndpointSlice): string =>
  `${metadata.namespace ?? ''}/${metadata.labels?.['kubernetes.io/service-name'] ?? ''}`
