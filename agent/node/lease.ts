import { Lease } from '../../api/coordination/lease.ts'
import { isNotFound } from '../../api/errors.ts'
import { microTimestamp } from '../../api/time.ts'
import type { Client } from '../../client/client.ts'
import { sleepUnlessAborted, type Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { Runnable } from '../../common/run.ts'

const NAMESPACE = 'kube-node-lease'
/** Renewed every quarter of its validity. */
const RENEWALS = 4
const RETRY_MILLISECONDS = 1_000

export interface NodeLeaseOptions {
  readonly client: Client
  readonly nodeName: string
  readonly nodeUid: () => string | undefined
  readonly durationSeconds: number
  readonly clock: Clock
  readonly log: Logger
}

/** Keeps saying "this node is alive": the cheapest heartbeat there is. */
export class NodeLease implements Runnable {
  readonly #options: NodeLeaseOptions

  constructor(options: NodeLeaseOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, nodeName, durationSeconds } = this.#options
    while (!signal.aborted) {
      let pause = (durationSeconds * 1000) / RENEWALS
      try {
        await this.#renew()
      } catch (error) {
        log.warn('the node lease could not be renewed', { node: nodeName, error })
        pause = RETRY_MILLISECONDS
      }
      await sleepUnlessAborted(clock, pause, signal)
    }
  }

  async #renew(): Promise<void> {
    const { client, nodeName, clock, durationSeconds } = this.#options
    const spec = { holderIdentity: nodeName, leaseDurationSeconds: durationSeconds, renewTime: microTimestamp(clock.now()) }
    try {
      await client.patch(Lease, { namespace: NAMESPACE, name: nodeName }, { type: 'merge', body: { spec } })
    } catch (error) {
      if (!isNotFound(error)) throw error
      await client.create(Lease, { metadata: { name: nodeName, namespace: NAMESPACE, ...this.#owner() }, spec })
    }
  }

  /** The lease goes when the node goes. */
  #owner(): { ownerReferences?: object[] } {
    const uid = this.#options.nodeUid()
    return uid ? { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: this.#options.nodeName, uid }] } : {}
  }
}
