import type { Pod } from '../../api/core/pod.ts'
import { messageOf } from '../../common/error-message.ts'
import type { Logger } from '../../common/log.ts'
import type { ObservedPod, Runtime } from '../runtime/runtime.ts'
import type { Allocations } from './allocations.ts'
import { podCgroup } from './container-resources.ts'
import { inUpdateOrder, memoryRefusal, type ResourceUpdate } from './resize-actions.ts'

export interface ResizerOptions {
  readonly runtime: Pick<Runtime, 'updateContainerResources' | 'stats'>
  readonly allocations: Allocations
  readonly log: Logger
}

/** Gives containers that run the resources that their pod was granted. */
export class Resizer {
  readonly #options: ResizerOptions

  constructor(options: ResizerOptions) {
    this.#options = options
  }

  /** True when everything is as granted; otherwise the pod says why not, and it is to be tried again. */
  async apply(pod: Pod, observed: ObservedPod, updates: readonly ResourceUpdate[]): Promise<boolean> {
    const { runtime, allocations, log } = this.#options
    try {
      const refusal = await this.#refusal(pod, observed, updates)
      if (refusal) throw new Error(refusal)
      // One after the other: the order keeps the whole larger than its parts.
      for (const { id, to } of inUpdateOrder(updates)) await runtime.updateContainerResources(id, to)
      return true
    } catch (error) {
      log.warn('a pod could not be resized; it will be tried again', { pod: pod.metadata.name, error })
      allocations.failed(pod, messageOf(error))
      return false
    }
  }

  /** The kernel would kill, or refuse, what uses more than it is allowed from now on. */
  async #refusal(pod: Pod, observed: ObservedPod, updates: readonly ResourceUpdate[]): Promise<string | undefined> {
    const lowers = updates.some(({ from, to }) => to.memoryBytes !== undefined && to.memoryBytes < (from.memoryBytes ?? Infinity))
    if (!lowers) return undefined
    const { containers } = await this.#options.runtime.stats(pod.metadata.uid)
    const usage = containers.map(({ name, memoryBytes }): [string, number] => [name, memoryBytes])
    return memoryRefusal(updates, new Map(usage), { from: currentPodLimit(observed, updates), to: podCgroup(pod, {}).memoryBytes })
  }
}

/** What the pod's containers may use together as things are: undefined when one of them has no limit. */
function currentPodLimit({ sandboxes, containers }: ObservedPod, updates: readonly ResourceUpdate[]): number | undefined {
  const held = sandboxes[0]?.resources?.memoryBytes
  if (held !== undefined) return held
  const limits = containers
    .filter(({ state }) => state === 'running')
    .map(({ id, resources }) => updates.find(update => update.id === id)?.from.memoryBytes ?? resources?.memoryBytes)
  return limits.reduce<number | undefined>((sum, limit) => (sum === undefined || limit === undefined ? undefined : sum + limit), 0)
}
