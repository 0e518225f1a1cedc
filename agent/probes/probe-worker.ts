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
    this.#result = initialResults[options.type]
  }

  get result(): ProbeResult {
    return this.#result
  }

  async run(signal: AbortSignal): Promise<void> {
    const { started, startedAt, probe, clock } = this.#options
    await Promise.race([started, untilAborted(signal)])
    const period = (probe.periodSeconds ?? 10) * 1000
    const first = Math.max(startedAt + (probe.initialDelaySeconds ?? 0) * 1000, clock.now().getTime())
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
    this.#run = outcome.result === this.#last ? this.#run + 1 : 1
    this.#last = outcome.result
    const threshold = outcome.result === 'success' ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3)
    if (this.#run < threshold) return false
    const changed = this.#result !== outcome.result
    this.#result = outcome.result
    if (changed) onResult(this.#result)
    return type !== 'readiness' && (outcome.result === 'failure' || type === 'startup')
  }

  async #sleepUntil(time: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    await sleepUnlessAborted(clock, Math.max(0, time - clock.now().getTime()), signal)
  }
}
