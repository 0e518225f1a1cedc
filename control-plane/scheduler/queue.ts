import { ActiveQueue, type QueuedPod } from './active-queue.ts'
import { BackoffQueue } from './backoff-queue.ts'
import type { ClusterEvent } from './cluster-event.ts'

/** Upstream looks again after five minutes whatever happened. */
const longestWait = 300_000

export interface QueueOptions {
  /** Called whenever there is something to take, again. */
  readonly ready: () => void
  /** Whether what happened could help the pod, which these rules refused (upstream's isPodWorthRequeuing). */
  readonly helps: (key: string, refusedBy: ReadonlySet<string>, event: ClusterEvent) => boolean
  readonly initialBackoff?: number
  readonly longestBackoff?: number
  readonly now?: () => number
}

/** How many pods are where, under upstream's names. */
export type QueueSizes = Readonly<Record<'active' | 'backoff' | 'unschedulable' | 'gated', number>>

/** A pod that no node would have. */
interface Unschedulable {
  readonly pod: QueuedPod
  readonly since: number
  readonly refusedBy: ReadonlySet<string>
}

/**
 * Pods that wait for a node, each in one of four places: active ones, the most important first and then the oldest; ones
 * that back off for a moment; ones that no node would have, until something happens that a rule which refused them says
 * could help, five minutes at most; and gated ones, which are not looked at until they are added again (upstream's
 * PriorityQueue).
 */
export class SchedulingQueue {
  readonly #options: QueueOptions
  readonly #now: () => number
  readonly #pods = new Map<string, QueuedPod>()
  readonly #active = new ActiveQueue()
  readonly #gated = new Set<string>()
  readonly #backoff: BackoffQueue
  /** The one that has waited longest comes first. */
  readonly #unschedulable = new Map<string, Unschedulable>()
  #timer: { readonly due: number; readonly handle: NodeJS.Timeout } | undefined

  constructor(options: QueueOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#backoff = new BackoffQueue({ initial: options.initialBackoff ?? 1000, longest: options.longestBackoff ?? 10_000 })
  }

  /** The pod is new, or its gates may be gone: try at once, unless it is gated. */
  add(key: string, priority: number, { gated } = { gated: false }): void {
    this.remove(key)
    const pod = { key, priority, refusals: 0, errors: 0 }
    this.#pods.set(key, pod)
    if (gated) {
      this.#gated.add(key)
      return
    }
    this.#active.add(pod)
    this.#options.ready()
  }

  /** The pod is placed, gone, or no longer ours. */
  remove(key: string): void {
    const pod = this.#pods.get(key)
    if (!pod) return
    this.#pods.delete(key)
    this.#gated.delete(key)
    this.#active.remove(pod)
    this.#backoff.remove(pod)
    this.#unschedulable.delete(key)
  }

  has(key: string): boolean {
    return this.#pods.has(key)
  }

  /** The next pod to be tried. When nobody is active, one that only backs off from a refusal is (upstream's SchedulerPopFromBackoffQ). */
  take(): string | undefined {
    return (this.#active.take() ?? this.#backoff.takeRefused())?.key
  }

  /** No node would have it: these rules refused it. */
  refused(key: string, refusedBy: ReadonlySet<string>): void {
    const pod = this.#pods.get(key)
    if (!pod) return
    pod.refusals++
    pod.errors = 0
    this.#unschedulable.set(key, { pod, since: this.#now(), refusedBy })
    this.#schedule()
  }

  /** Something went wrong that was not the cluster's fault: it backs off. */
  failed(key: string): void {
    const pod = this.#pods.get(key)
    if (!pod) return
    pod.errors++
    this.#backoff.add(pod, this.#now())
    this.#schedule()
  }

  /** Something happened in the cluster: those whom it could help try again, after their back-off. */
  wake(event: ClusterEvent): void {
    if (this.#unschedulable.size === 0) return
    for (const [key, { refusedBy }] of this.#unschedulable) if (this.#options.helps(key, refusedBy, event)) this.#release(key)
    this.#flush()
  }

  /** As `wake`, of the pod itself. */
  changed(key: string, event: ClusterEvent): void {
    const waiting = this.#unschedulable.get(key)
    if (!waiting || !this.#options.helps(key, waiting.refusedBy, event)) return
    this.#release(key)
    this.#flush()
  }

  /** How many pods are where. */
  get sizes(): QueueSizes {
    return {
      active: this.#active.size,
      backoff: this.#backoff.size,
      unschedulable: this.#unschedulable.size,
      gated: this.#gated.size,
    }
  }

  stop(): void {
    clearTimeout(this.#timer?.handle)
    this.#timer = undefined
  }

  #release(key: string): void {
    const waiting = this.#unschedulable.get(key)
    if (!waiting) return
    this.#unschedulable.delete(key)
    this.#backoff.add(waiting.pod, waiting.since)
  }

  /** Moves on whose time has come, and tells when there is something to take. */
  #flush(): void {
    const now = this.#now()
    for (const [key, { since }] of this.#unschedulable) {
      if (since + longestWait > now) break
      this.#release(key)
    }
    for (const pod of this.#backoff.takeDue(now)) this.#active.add(pod)
    this.#schedule()
    if (this.#active.size > 0 || this.#backoff.hasRefused) this.#options.ready()
  }

  /** One timer for the earliest moment at which somebody is due. */
  #schedule(): void {
    const [oldest] = this.#unschedulable.values()
    const due = Math.min(this.#backoff.due, oldest ? oldest.since + longestWait : Infinity)
    if (this.#timer?.due === due) return
    this.stop()
    if (due === Infinity) return
    const handle = setTimeout(
      () => {
        this.#timer = undefined
        this.#flush()
      },
      Math.max(0, due - this.#now()),
    )
    this.#timer = { due, handle: handle.unref() }
  }
}
