import type { Deployment } from '../../api/apps/deployment.ts'
import { Pod } from '../../api/core/pod.ts'
import { matches, selectorFromObject } from '../../api/label-selector.ts'
import type { Client } from '../../client/client.ts'
import { Informer } from '../../client/informer.ts'
import type { Logger } from '../../common/log.ts'
import { rollingLimits } from '../../control-plane/controllers/deployment/limits.ts'
import { isPodActive, isPodReady } from '../../control-plane/controllers/pod-readiness.ts'

/** What a Deployment's pods were at their most and at their fewest, and how often that was more or fewer than it allows. */
export interface BudgetReport {
  readonly events: number
  readonly most: number
  readonly fewestAvailable: number
  readonly broken: readonly string[]
}

/**
 * Watches the pods of a Deployment while it rolls, and looks at its budget after every single event: a watch shows all states that
 * there were, in their order. It begins to count when the Deployment is complete.
 */
export class RolloutBudget {
  readonly #informer: Informer<Pod>
  readonly #allowed: { readonly most: number; readonly least: number }
  readonly #broken: string[] = []
  readonly #active = new Set<string>()
  readonly #available = new Set<string>()
  #events = 0
  #most = 0
  #fewest = Infinity
  #counting = false

  constructor({ client, deployment, log }: { client: Client; deployment: Deployment; log: Logger }) {
    const { replicas = 1, selector } = deployment.spec
    const { maxSurge, maxUnavailable } = rollingLimits(deployment)
    this.#allowed = { most: replicas + maxSurge, least: replicas - maxUnavailable }
    this.#informer = new Informer({ client, kind: Pod, log, namespace: deployment.metadata.namespace ?? 'default' })
    const ours = selectorFromObject(selector)
    const see = (pod: Pod, isThere: boolean) => {
      if (!matches(ours, pod.metadata.labels)) return
      mark(this.#active, pod, isThere && isPodActive(pod))
      mark(this.#available, pod, isThere && isPodActive(pod) && isPodReady(pod))
      if (this.#counting) this.#look()
    }
    this.#informer.addListener({ added: pod => see(pod, true), updated: pod => see(pod, true), deleted: pod => see(pod, false) })
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#informer.run(signal)
  }

  /** From here on the Deployment has all its pods, and keeps to its budget. */
  begin(): void {
    this.#counting = true
  }

  get report(): BudgetReport {
    return { events: this.#events, most: this.#most, fewestAvailable: this.#fewest, broken: this.#broken }
  }

  /** How many pods there are and how many of them are available, as far as has been heard. */
  get size(): { readonly active: number; readonly available: number } {
    return { active: this.#active.size, available: this.#available.size }
  }

  #look(): void {
    const [active, available] = [this.#active.size, this.#available.size]
    this.#events++
    this.#most = Math.max(this.#most, active)
    this.#fewest = Math.min(this.#fewest, available)
    if (active > this.#allowed.most) this.#broken.push(`${active} pods, ${this.#allowed.most} allowed`)
    if (available < this.#allowed.least) this.#broken.push(`${available} available, ${this.#allowed.least} needed`)
  }
}

function mark(set: Set<string>, { metadata: { uid } }: Pod, isIn: boolean): void {
  if (isIn) set.add(uid)
  else set.delete(uid)
}
