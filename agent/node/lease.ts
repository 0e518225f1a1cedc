import { Lease } from '../../api/coordination/lease.ts'
import { isNotFound } from '../../api/errors.ts'
import { microTimestamp } from '../../api/time.ts'
import type { Client } from '../../client/client.ts'
import { sleepUnlessAborted, type Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { Runnable } from '../../common/run.ts'

const NAMESPACE = 'kube-node-lease'
/** Upstream's node lease: valid for 40 s, renewed every quarter of that. */
const DURATION_SECONDS = 40
const RENEW_MILLISECONDS = 10_000
const RETRY_MILLISECONDS = 1_000

/** Keeps saying "this node is alive": the cheapest heartbeat there is. */
export class NodeLease implements Runnable {
  readonly #options: { client: Client; nodeName: string; nodeUid: () => string | undefined; clock: Clock; log: Logger }

  constructor(options: { client: Client; nodeName: string; nodeUid: () => string | undefined; clock: Clock; log: Logger }) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, nodeName } = this.#options
    while (!signal.aborted) {
      let pause = RENEW_MILLISECONDS
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
    const { client, nodeName, clock } = this.#options
    const spec = { holderIdentity: nodeName, leaseDurationSeconds: DURATION_SECONDS, renewTime: microTimestamp(clock.now()) }
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
