import { Node, type NodeCondition } from '../../api/core/node.ts'
import { isAlreadyExists, isNotFound } from '../../api/errors.ts'
import type { Client } from '../../client/client.ts'
import { WorkQueue } from '../../client/work-queue.ts'
import type { Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { Runnable } from '../../common/run.ts'
import { conditionEvents } from './node-conditions.ts'
import { nodeAnnotations, nodeLabels, nodeStatus, nodeStatusPatch, sameNodeStatus, type NodeFacts, type NodeHealth } from './node-object.ts'

const RETRY_MILLISECONDS = 500

/** A node that registers cordoned is tainted from the first moment, so that no pod comes in between. */
const unschedulable = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const

export interface NodeStatusOptions {
  readonly client: Client
  readonly clock: Clock
  readonly log: Logger
  readonly facts: () => NodeFacts
  readonly health: () => NodeHealth
  /** An event about the node, Normal. */
  readonly record: (reason: string) => void
  /** How often it is looked whether the status is still true. */
  readonly updateMs: number
  /** How often an unchanged status is written all the same. */
  readonly reportMs: number
}

/** The only writer of this node's Node object: registers it, then keeps its status true. */
export class NodeStatusManager implements Runnable {
  readonly #options: NodeStatusOptions
  readonly #queue: WorkQueue
  #node: Node | undefined
  #reportedAt = 0
  #cordoned = false

  constructor(options: NodeStatusOptions) {
    this.#options = options
    this.#queue = new WorkQueue(() => this.#report(), {
      backoff: () => RETRY_MILLISECONDS,
      onError: (_, error) => options.log.warn('the node status could not be written', { error }),
    })
  }

  /** The Node as last seen or written. */
  get node(): Node | undefined {
    return this.#node
  }

  /** Something about the node changed: look now instead of at the next report. */
  poke(): void {
    this.#queue.add('node')
  }

  /** The API has this node so: when that is not what was written last, somebody else changed it, and it is put right. */
  seen(node: Node): void {
    if (Number(node.metadata.resourceVersion) <= Number(this.#node?.metadata.resourceVersion ?? 0)) return
    this.#node = node
    this.#heedCordon(node)
    this.poke()
  }

  /** The API has no such node any more: it registers again. */
  gone(uid: string): void {
    if (this.#node?.metadata.uid !== uid) return
    this.#node = undefined
    this.poke()
  }

  /** Creates the Node, or takes over the one that is there. */
  async register(): Promise<Node> {
    const { client, facts } = this.#options
    const { name, taints, schedulable, providerId } = facts()
    const spec = {
      ...(providerId === undefined ? {} : { providerID: providerId }),
      ...(schedulable ? {} : { unschedulable: true }),
      ...(taints.length > 0 || !schedulable ? { taints: [...taints, ...(schedulable ? [] : [unschedulable])] } : {}),
    }
    try {
      const status = this.#status({})
      this.#node = await client.create(Node, {
        metadata: { name, labels: nodeLabels(facts()), annotations: nodeAnnotations(facts()) },
        spec,
        status,
      } as Parameters<typeof client.create<Node>>[1])
      this.#tell([], status)
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
      this.#node = await client.get(Node, { name })
      const [labels, annotations] = [nodeLabels(facts()), nodeAnnotations(facts())]
      const { metadata } = this.#node
      const differs = (wanted: Record<string, string>, has: Readonly<Record<string, string>> = {}) =>
        Object.entries(wanted).some(([key, value]) => has[key] !== value)
      if (differs(labels, metadata.labels) || differs(annotations, metadata.annotations)) {
        this.#node = await client.patch(Node, { name }, { type: 'merge', body: { metadata: { labels, annotations } } })
      }
    }
    return this.#node
  }

  /** Says once how things are, whatever was said before. */
  async report(): Promise<void> {
    this.#reportedAt = 0
    await this.#report()
  }

  async run(signal: AbortSignal): Promise<void> {
    this.poke()
    await this.#queue.run(signal)
  }

  #status({ conditions = [], capacity }: Partial<Node['status']>): Node['status'] {
    const { facts, health, clock } = this.#options
    return nodeStatus(facts(), health(), { previous: conditions, capacity, now: clock.now() })
  }

  async #report(): Promise<number> {
    const { client, clock, facts, log, reportMs, updateMs } = this.#options
    const { name } = facts()
    const current = this.#node ?? (await this.register())
    const status = this.#status(current.status)
    const due = this.#reportedAt + reportMs - clock.now().getTime()
    if (due > 0 && sameNodeStatus(status, pick(current.status, status))) return Math.min(due, updateMs)
    const body = { status: nodeStatusPatch(current.status, status) }
    try {
      this.#node = await client.patch(Node, { name }, { type: 'strategic', subresource: 'status', body })
    } catch (error) {
      if (!isNotFound(error)) throw error
      log.info('the node object is gone: registering again', { node: name })
      this.#node = undefined
      throw error
    }
    this.#tell(current.status.conditions ?? [], status)
    this.#reportedAt = clock.now().getTime()
    return updateMs
  }

  #tell(previous: readonly NodeCondition[], { conditions }: Node['status']): void {
    for (const reason of conditionEvents(previous, conditions ?? [])) this.#options.record(reason)
  }

  #heedCordon({ spec }: Node): void {
    const cordoned = spec.unschedulable === true
    if (cordoned !== this.#cordoned) this.#options.record(cordoned ? 'NodeNotSchedulable' : 'NodeSchedulable')
    this.#cordoned = cordoned
  }
}

/** Of a stored status, the fields that this node writes: others (volumesInUse, config, …) are not compared. */
function pick(stored: Node['status'], written: Node['status']): Node['status'] {
  return Object.fromEntries(Object.keys(written).map(key => [key, (stored as Record<string, unknown>)[key]])) as unknown as Node['status']
}
