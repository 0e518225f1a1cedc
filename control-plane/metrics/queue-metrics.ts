import { Asked, Counters, Histograms, type Distribution, type Family, type Series } from './series.ts'

/** Upstream's buckets for work queues: a decade each, in seconds. */
const durations = Array.from({ length: 12 }, (_, power) => 10 ** (power - 8))

/** What one queue tells; several controllers may share a name. */
class Queue {
  readonly #adds: Series
  readonly #retries: Series
  readonly #waited: Distribution
  readonly #worked: Distribution
  readonly #waiting = new Map<string, number>()
  readonly #working = new Map<string, number>()

  constructor(adds: Series, retries: Series, { waited, worked }: { waited: Distribution; worked: Distribution }) {
    this.#adds = adds
    this.#retries = retries
    this.#waited = waited
    this.#worked = worked
  }
  added(key: string): void {
    this.#adds.value++
    if (!this.#waiting.has(key)) this.#waiting.set(key, performance.now())
  }
  started(key: string): void {
    const now = performance.now()
    const since = this.#waiting.get(key)
    this.#waiting.delete(key)
    if (since !== undefined) this.#waited.observe((now - since) / 1000)
    this.#working.set(key, now)
  }
  finished(key: string): void {
    const since = this.#working.get(key)
    this.#working.delete(key)
    if (since !== undefined) this.#worked.observe((performance.now() - since) / 1000)
  }
  retried(): void {
    this.#retries.value++
  }

  get depth(): number {
    return this.#waiting.size
  }
  /** Seconds for which each key that is worked on has been. */
  unfinished(): number[] {
    const now = performance.now()
    return Array.from(this.#working.values(), since => (now - since) / 1000)
  }
}

/** Counts what work queues do, under upstream's names. */
export class QueueMetrics {
  readonly #adds = new Counters('workqueue_adds_total', { help: 'Keys that were put into a work queue.', labels: ['name'] })
  readonly #retries = new Counters('workqueue_retries_total', { help: 'Keys that are tried again after a failure.', labels: ['name'] })
  readonly #waited = new Histograms('workqueue_queue_duration_seconds', {
    help: 'Seconds that keys waited for their turn.',
    labels: ['name'],
    buckets: durations,
  })
  readonly #worked = new Histograms('workqueue_work_duration_seconds', {
    help: 'Seconds that keys were worked on.',
    labels: ['name'],
    buckets: durations,
  })
  readonly #queues = new Map<string, Queue[]>()

  readonly families: readonly Family[] = [
    this.#adds,
    this.#retries,
    this.#waited,
    this.#worked,
    this.#asked('workqueue_depth', 'Keys that wait for their turn.', queues => sum(queues.map(({ depth }) => depth))),
    this.#asked('workqueue_unfinished_work_seconds', 'Seconds for which the keys in work have been worked on, together.', queues =>
      sum(queues.flatMap(queue => queue.unfinished())),
    ),
    this.#asked('workqueue_longest_running_processor_seconds', 'Seconds for which the key longest in work has been worked on.', queues =>
      Math.max(0, ...queues.flatMap(queue => queue.unfinished())),
    ),
  ]

  /** Who is to be told what a queue of this name does. */
  observe(name: string): Queue {
    const durations = { waited: this.#waited.of(name), worked: this.#worked.of(name) }
    const queue = new Queue(this.#adds.of(name), this.#retries.of(name), durations)
    this.#queues.set(name, [...(this.#queues.get(name) ?? []), queue])
    return queue
  }

  #asked(name: string, help: string, value: (queues: readonly Queue[]) => number): Family {
    return new Asked(name, { help, values: () => Array.from(this.#queues, ([name, queues]) => [{ name }, value(queues)] as const) })
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
