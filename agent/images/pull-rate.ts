import type { Clock } from '../../common/clock.ts'

export interface PullRateSettings {
  /** Pulls a second in the long run, upstream's registryPullQPS; 0: as many as there are. */
  readonly qps: number
  /** Pulls that may begin at once after a pause, upstream's registryBurst. */
  readonly burst: number
}

/** Upstream's token bucket before the registry: who finds it empty does not wait, but fails. */
export class PullRate {
  readonly #settings: PullRateSettings
  readonly #clock: Clock
  #tokens: number
  #at: number

  constructor(settings: PullRateSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
    this.#tokens = settings.burst
    this.#at = clock.now().getTime()
  }

  /** Whether a pull may begin now; if so, it has. */
  tryAccept(): boolean {
    const { qps, burst } = this.#settings
    if (qps === 0) return true
    const now = this.#clock.now().getTime()
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) / 1000) * qps)
    this.#at = now
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
