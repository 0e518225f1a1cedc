import { Pod } from '../../api/core/pod.ts'
import type { Node } from '../../api/core/node.ts'
import { isNotFound } from '../../api/errors.ts'
import { keyOf } from '../../client/cache.ts'
import type { Client } from '../../client/client.ts'
import { WorkQueue } from '../../client/work-queue.ts'
import type { Logger } from '../../common/log.ts'
import type { Runnable } from '../../common/run.ts'
import { mirrorOf, planMirror } from './plan-mirror.ts'
import type { StaticPods } from './static-pods.ts'

export interface MirrorPodsOptions {
  readonly client: Pick<Client, 'create' | 'delete'>
  readonly staticPods: Pick<StaticPods, 'get' | 'hasRead'>
  /** What the API has of this node's pods, once that is known. */
  readonly inApi: { readonly hasSynced: boolean; list(): readonly Pod[] }
  /** This node as the API has it: the owner of its mirrors. */
  readonly node: () => Node | undefined
  /** The static pod is shown by this mirror, which takes its status; or by none any more. */
  readonly onShown: (pod: Pod, mirror: Pod | undefined) => void
  readonly log: Logger
}

const longestRetryMs = 10_000

/** Keeps a mirror in the API of every static pod: what `kubectl get pods` shows of it. Deleting a mirror deletes nothing else. */
export class MirrorPods implements Runnable {
  readonly #options: MirrorPodsOptions
  readonly #queue: WorkQueue

  constructor(options: MirrorPodsOptions) {
    this.#options = options
    this.#queue = new WorkQueue(key => this.#reconcile(key), {
      backoff: failures => Math.min(200 * 2 ** (failures - 1), longestRetryMs),
      onError: (pod, error) => options.log.warn('a static pod cannot be shown in the API; it runs all the same', { pod, error }),
    })
  }

  /** Something about the static pod of this name, or its mirror, changed. */
  poke(key: string): void {
    this.#queue.add(key)
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#queue.run(signal)
  }

  async #reconcile(key: string): Promise<number | void> {
    const { client, staticPods, inApi, onShown } = this.#options
    if (!inApi.hasSynced || !staticPods.hasRead) return longestRetryMs / 10
    const running = staticPods.get(key)
    const found = inApi.list().find(pod => keyOf(pod) === key)
    switch (planMirror(running, found)) {
      case 'create':
        if (running) await client.create(Pod, mirrorOf(running, this.#owner()))
        return
      case 'show':
        if (running) onShown(running, found)
        return
      case 'delete':
        if (running) onShown(running, undefined)
        if (found) await this.#delete(found)
        return
      case 'nothing':
        return
    }
  }

  #owner(): { name: string; uid: string } {
    const node = this.#options.node()
    if (!node) throw new Error('the node is not registered yet')
    return node.metadata
  }

  async #delete({ metadata: { name, namespace, uid } }: Pod): Promise<void> {
    try {
      await this.#options.client.delete(Pod, { name, namespace }, { gracePeriodSeconds: 0, preconditions: { uid } })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}
