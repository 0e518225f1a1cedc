import { Asked, Counters, Histograms, type Family } from './series.ts'

/** Upstream's exponential buckets. */
const exponential = (start: number, count: number): number[] => Array.from({ length: count }, (_, power) => start * 2 ** power)

/** More attempts than these are told together. */
const mostAttempts = 15

interface Pod {
  readonly metadata: { readonly uid: string }
  readonly spec: { readonly schedulerName?: string | undefined }
}
interface Tried {
  readonly first: number
  attempts: number
  /** When the present attempt began. */
  began: number
}
type Pending = Readonly<Record<'active' | 'backoff' | 'unschedulable' | 'gated', number>>

/** Counts what the scheduler does, under upstream's names. */
export class SchedulerMetrics {
  readonly #attempts = new Counters('scheduler_schedule_attempts_total', {
    help: 'Attempts to place a pod, by what came of them.',
    labels: ['profile', 'result'],
  })
  readonly #durations = new Histograms('scheduler_scheduling_attempt_duration_seconds', {
    help: 'Seconds that an attempt to place a pod took, its binding included.',
    labels: ['profile', 'result'],
    buckets: exponential(0.001, 15),
  })
  readonly #waits = new Histograms('scheduler_pod_scheduling_sli_duration_seconds', {
    help: 'Seconds from the first attempt to place a pod until it had its node, by the number of attempts.',
    labels: ['attempts'],
    buckets: exponential(0.01, 20),
  })
  readonly #attemptsOfPods = new Histograms('scheduler_pod_scheduling_attempts', {
    help: 'Attempts that it took to place a pod.',
    buckets: exponential(1, 5),
  })
  readonly #preemptions = new Counters('scheduler_preemption_attempts_total', { help: 'Attempts to make room for a pod.' })
  readonly #victims = new Histograms('scheduler_preemption_victims', {
    help: 'Pods that had to go to make room for another.',
    buckets: exponential(1, 7),
  })
  readonly #tried = new Map<string, Tried>()
  #pending: () => Pending = () => ({ active: 0, backoff: 0, unschedulable: 0, gated: 0 })

  readonly families: readonly Family[] = [
    this.#attempts,
    this.#durations,
    this.#waits,
    this.#attemptsOfPods,
    this.#preemptions,
    this.#victims,
    new Asked('scheduler_pending_pods', {
      help: 'Pods that wait for a node, by what they wait for.',
      values: () => Object.entries(this.#pending()).map(([queue, count]) => [{ queue }, count] as const),
    }),
  ]

  constructor() {
    this.#preemptions.of()
    this.#victims.of()
  }
  /** How many pods wait is asked for when somebody wants to know. */
  follow(pending: () => Pending): void {
    this.#pending = pending
  }
  begins({ metadata }: Pod): void {
    const now = performance.now()
    const tried = this.#tried.get(metadata.uid) ?? { first: now, attempts: 0, began: now }
    tried.attempts++
    tried.began = now
    this.#tried.set(metadata.uid, tried)
  }
  ends(pod: Pod, result: 'scheduled' | 'unschedulable' | 'error'): void {
    const labels = [pod.spec.schedulerName || 'default-scheduler', result]
    this.#attempts.of(...labels).value++
    const tried = this.#tried.get(pod.metadata.uid)
    if (!tried) return
    const now = performance.now()
    this.#durations.of(...labels).observe((now - tried.began) / 1000)
    if (result !== 'scheduled') return
    this.#attemptsOfPods.of().observe(tried.attempts)
    const attempts = tried.attempts < mostAttempts ? String(tried.attempts) : `${mostAttempts}+`
    this.#waits.of(attempts).observe((now - tried.first) / 1000)
    this.forget(pod)
  }
  /** The pod is gone. */
  forget({ metadata }: Pod): void {
    this.#tried.delete(metadata.uid)
  }
  /** Room is looked for; `victims`: how many pods have to go, none where that would not help. */
  preempts(victims: number): void {
    this.#preemptions.of().value++
    if (victims > 0) this.#victims.of().observe(victims)
  }
}
