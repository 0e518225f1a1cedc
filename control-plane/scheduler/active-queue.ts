/** A pod in the scheduling queue, with what its back-off depends on. */
export interface QueuedPod {
  readonly key: string
  readonly priority: number
  /** How often no node would have it. */
  refusals: number
  /** How often in a row something went wrong. */
  errors: number
}

/** Pods by priority, and in the order in which they came among those of the same one (upstream's PrioritySort). */
export class ActiveQueue {
  readonly #levels = new Map<number, Map<string, QueuedPod>>()
  /** The priorities in `#levels`, highest first. */
  #order: number[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  add(pod: QueuedPod): void {
    let level = this.#levels.get(pod.priority)
    if (!level) {
      this.#levels.set(pod.priority, (level = new Map()))
      this.#order = [...this.#levels.keys()].sort((a, b) => b - a)
    }
    if (!level.has(pod.key)) this.#size++
    level.set(pod.key, pod)
  }

  remove(pod: QueuedPod): void {
    const level = this.#levels.get(pod.priority)
    if (!level?.delete(pod.key)) return
    this.#size--
    if (level.size > 0) return
    this.#levels.delete(pod.priority)
    this.#order = this.#order.filter(priority => priority !== pod.priority)
  }

  take(): QueuedPod | undefined {
    const [highest] = this.#order
    if (highest === undefined) return undefined
    const [first] = this.#levels.get(highest)?.values() ?? []
    if (first) this.remove(first)
    return first
  }
}
