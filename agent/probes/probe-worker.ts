import type { Probe } from '../../api/core/handlers.ts'
import { sleepUnlessAborted, type Clock } from '../../common/clock.ts'
import { untilAborted } from '../../common/run.ts'
import type { ProbeOutcome } from './run-probe.ts'

export type ProbeType = 'startup' | 'liveness' | 'readiness'
export type ProbeResult = 'success' | 'failure' | 'unknown'

/** What counts before the first probe has run. */
const initialResults: Readonly<Record<ProbeType, ProbeResult>> = { startup: 'unknown', liveness: 'success', readiness: 'failure' }

export interface ProbeWorkerOptions {
  readonly type: ProbeType
  readonly probe: Probe
  /** When the container started, in milliseconds. */
  readonly startedAt: number
  /** What the agent before this one knew of the container. */
  readonly known?: ProbeResult | undefined
  /** Milliseconds before the first probe of a container that ran already: an agent that starts does not probe all at once. */
  readonly headStartMs?: number
  readonly clock: Clock
  readonly run: (signal: AbortSignal) => Promise<ProbeOutcome>
  /** Resolves once the startup probe has succeeded; at once when there is none. */
  readonly started: Promise<void>
  readonly onOutcome: (outcome: ProbeOutcome) => void
  readonly onResult: (result: ProbeResult) => void
}

/**
 * Probes one container until it is told to stop. Ticks do not drift: they are multiples of the period after the first.
 * A startup probe ends with its first verdict, a liveness probe with its first failure: both then belong to a new container.
 */
export class ProbeWorker {
  readonly #options: ProbeWorkerOptions
  #result: ProbeResult
  #last: 'success' | 'failure' | undefined
  #run = 0

  constructor(options: ProbeWorkerOptions) {
    this.#options = options
    this.#result = options.known ?? initialResults[options.type]
  }

  get result(): ProbeResult {
    return this.#result
  }

  async run(signal: AbortSignal): Promise<void> {
    const { type, started, startedAt, probe, clock, headStartMs = 0 } = this.#options
    // The container has started under the agent before this one: that is not asked twice.
    if (type === 'startup' && this.#result === 'success') return
    await Promise.race([started, untilAborted(signal)])
    const period = (probe.periodSeconds ?? 10) * 1000
    const first = Math.max(startedAt + (probe.initialDelaySeconds ?? 0) * 1000, clock.now().getTime() + headStartMs)
    let tick = first
    while (!signal.aborted) {
      await this.#sleepUntil(tick, signal)
      if (signal.aborted || (await this.#once(signal))) return
      const passed = Math.max(0, clock.now().getTime() - first)
      tick = first + (Math.floor(passed / period) + 1) * period
    }
  }

  /** True when there is nothing left to probe for. */
  async #once(signal: AbortSignal): Promise<boolean> {
    const { type, probe, onOutcome, onResult } = this.#options
    const outcome = await this.#options.run(signal)
    if (signal.aborted) return true
    onOutcome(outcome)
    if (outcome.result === 'error') return false
    const result = outcome.result === 'failure' ? 'failure' : 'success'
    this.#run = result === this.#last ? this.#run + 1 : 1
    this.#last = result
    const threshold = result === 'success' ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3)
    if (this.#run < threshold) return false
    const changed = this.#result !== result
    this.#result = result
    if (changed) onResult(result)
    return type !== 'readiness' && (result === 'failure' || type === 'startup')
  }

  async #sleepUntil(time: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    await sleepUnlessAborted(clock, Math.max(0, time - clock.now().getTime()), signal)
  }
}
