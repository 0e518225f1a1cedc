export interface BackoffOptions {
  readonly initial: number
  readonly maximum: number
  readonly factor?: number
  /** Up to this share is added at random: 0.1 makes 1000 at most 1100. */
  readonly jitter?: number
}

/** Milliseconds to wait before try number `attempt` (0 is the first repeat). */
export function backoffDelay(attempt: number, options: BackoffOptions, random: () => number = Math.random): number {
  const { initial, maximum, factor = 2, jitter = 0 } = options
  const delay = Math.min(initial * factor ** attempt, maximum)
  return delay + delay * jitter * random()
}

/** Counts failures in a row. */
export class Backoff {
  readonly #options: BackoffOptions
  #attempt = 0

  constructor(options: BackoffOptions) {
    this.#options = options
  }
  /** How long to wait now; longer with every call until `reset`. */
  next(): number {
    return backoffDelay(this.#attempt++, this.#options)
  }
  reset(): void {
    this.#attempt = 0
  }
}
