import { Pod } from '../../api/core/pod.ts'
import { messageOf } from '../../common/error-message.ts'
import type { Client } from '../../client/client.ts'
import type { BindingStep, Placed } from './binding-step.ts'
import type { Slots } from './slots.ts'

export interface BindingCycleOptions {
  readonly client: Pick<Client, 'post'>
  /** In the order in which they are done; undone in the reverse one. */
  readonly steps: readonly BindingStep[]
  /** One is held while a Binding is written; waiting for steps takes none. */
  readonly writes: Slots
}

/** Carries out a decision: what the rules have to do first, then the Binding (upstream's bindingCycle). */
export class BindingCycle {
  readonly #options: BindingCycleOptions

  constructor(options: BindingCycleOptions) {
    this.#options = options
  }

  /** Counts what the pod takes as taken, at once; when it throws, nothing is. */
  reserve(placed: Placed): void {
    for (const step of this.#options.steps) {
      try {
        step.reserve?.(placed)
      } catch (error) {
        this.unreserve(placed)
        throw failure('Reserve', step.name, error)
      }
    }
  }

  unreserve(placed: Placed): void {
    for (const step of [...this.#options.steps].reverse()) step.unreserve?.(placed)
  }

  /** Resolves when the pod is bound; when it rejects, everything reserved is free again. */
  async bind(placed: Placed, signal: AbortSignal): Promise<void> {
    try {
      for (const step of this.#options.steps) {
        await step.preBind?.(placed, signal).catch((error: unknown) => {
          throw failure('PreBind', step.name, error)
        })
      }
      await this.#options.writes
        .hold(() => this.#write(placed))
        .catch((error: unknown) => {
          throw failure('Bind', 'DefaultBinder', error)
        })
    } catch (error) {
      this.unreserve(placed)
      throw error
    }
  }

  async #write({ pod, info }: Placed): Promise<void> {
    const { name, namespace, uid } = pod.metadata
    const body = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, uid },
      target: { apiVersion: 'v1', kind: 'Node', name: info.node.metadata.name },
    }
    await this.#options.client.post(Pod, { name, namespace, subresource: 'binding' }, body)
  }
}

const failure = (point: string, plugin: string, cause: unknown): Error =>
  new Error(`running ${point} plugin "${plugin}": ${messageOf(cause)}`, { cause })
