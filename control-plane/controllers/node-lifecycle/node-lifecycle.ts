import { Lease } from '../../../api/coordination/lease.ts'
import { findCondition } from '../../../api/conditions.ts'
import { Node } from '../../../api/core/node.ts'
import { Pod } from '../../../api/core/pod.ts'
import { isNotFound } from '../../../api/errors.ts'
import { timestamp } from '../../../api/time.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import type { ControllerContext } from '../context.ts'
import { gracePeriod, plannedTaints, silentConditions } from './plan-node.ts'

const leaseNamespace = 'kube-node-lease'

interface Health {
  /** The last sign of life, as the node wrote it, and when it was seen by our clock. */
  readonly sign: string
  readonly seen: number
  /** Whether the node was ready when last looked at. */
  readonly ready: boolean
}

/** Notices nodes that fell silent, and keeps the taints that follow from conditions. */
export const nodeLifecycleController = (context: ControllerContext): Controller => {
  const controller = new NodeLifecycle(context)
  return {
    name: 'node-controller',
    watches: [
      watching(Node),
      watching(Lease, ({ metadata }) => (metadata.namespace === leaseNamespace ? [metadata.name] : [])),
      watching(Pod, () => []),
    ],
    workers: 4,
    reconcile: key => controller.reconcile(key),
  }
}

class NodeLifecycle {
  readonly #context: ControllerContext
  readonly #health = new Map<string, Health & { readonly node: Node }>()
  readonly #podsOn: (node: string) => readonly Pod[]

  constructor(context: ControllerContext) {
    this.#context = context
    this.#podsOn = context.informers.for(Pod).cache.index('node', pod => [pod.spec.nodeName ?? ''])
  }

  async reconcile(name: string): Promise<number | void> {
    const { informers, clock } = this.#context
    const node = informers.for(Node).cache.get(name)
    if (!node) return this.#forget(name)
    const health = this.#observe(node)
    const silent = clock.now().getTime() - health.seen
    const current = silent >= gracePeriod ? await this.#markSilent(node) : node
    await this.#setTaints(current)
    const ready = isReady(current)
    if (health.ready && !ready) await this.#announceNotReady(current)
    this.#health.set(name, { ...health, ready, node: current })
    return silent >= gracePeriod ? undefined : gracePeriod - silent
  }

  #forget(name: string): void {
    const known = this.#health.get(name)
    if (!known) return
    this.#health.delete(name)
    this.#event(known.node, 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`)
  }

  /** A sign of life is any change of the lease or of the heartbeat; when it came counts by our own clock. */
  #observe(node: Node): Health {
    const { name } = node.metadata
    const lease = this.#context.informers.for(Lease).cache.get(`${leaseNamespace}/${name}`)
    const sign = `${node.metadata.uid} ${lease?.spec.renewTime ?? ''} ${findCondition(node.status.conditions, 'Ready')?.lastHeartbeatTime ?? ''}`
    const known = this.#health.get(name)
    if (known?.node.metadata.uid !== node.metadata.uid)
      this.#event(node, 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`)
    if (known?.sign === sign) return known
    return { sign, seen: this.#context.clock.now().getTime(), ready: known?.ready ?? false }
  }

  async #markSilent(node: Node): Promise<Node> {
    if (findCondition(node.status.conditions, 'Ready')?.status === 'Unknown') return node
    const conditions = silentConditions(node, this.#context.clock.now())
    this.#context.log.info('node stopped reporting', { node: node.metadata.name })
    return this.#context.client.updateStatus(Node, { ...node, status: { ...node.status, conditions } })
  }

  async #setTaints(node: Node): Promise<void> {
    const taints = plannedTaints(node, this.#context.clock.now())
    // A node without taints has no list of them.
    if (taints === node.spec.taints || (taints.length === 0 && !node.spec.taints)) return
    // The version makes sure that no taint set meanwhile is lost.
    const metadata = { resourceVersion: node.metadata.resourceVersion }
    await this.#context.client.patch(Node, node.metadata, {
      type: 'merge',
      body: { metadata, spec: { taints: taints.length > 0 ? taints : null } },
    })
  }

  /** The node's pods are not ready either, whatever they last said. */
  async #announceNotReady(node: Node): Promise<void> {
    const { name } = node.metadata
    this.#event(node, 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
    for (const pod of this.#podsOn(name)) await this.#markPod(pod)
  }

  async #markPod(pod: Pod): Promise<void> {
    const { client, events, clock } = this.#context
    if (findCondition(pod.status.conditions, 'Ready')?.status !== 'True') return
    const condition = { type: 'Ready', status: 'False', lastTransitionTime: timestamp(clock.now()) }
    try {
      await client.patch(Pod, pod.metadata, { type: 'strategic', subresource: 'status', body: { status: { conditions: [condition] } } })
      events.event(pod, { type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready' })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }

  /** Events of nodes carry the name as uid, as kubelets' do. */
  #event({ metadata: { name } }: Node, reason: string, message: string): void {
    this.#context.events.event({ apiVersion: 'v1', kind: 'Node', name, uid: name }, { type: 'Normal', reason, message })
  }
}

const isReady = (node: Node) => findCondition(node.status.conditions, 'Ready')?.status === 'True'
