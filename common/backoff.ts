interface Entry {
  backoff: number
  lastUpdate: number
}

/** Exponential back-off per key, as client-go's: doubles with every `next`, forgets a key that was quiet for twice the maximum. */
export class Backoff {
  readonly #entries = new Map<string, Entry>()
  readonly #initial: number
  readonly #max: number

  constructor(initialMs: number, maxMs: number) {
    this.#initial = initialMs
    this.#max = maxMs
  }

  /** The current delay of the key in milliseconds; 0 when it has none. */
  get(key: string): number {
    return this.#entries.get(key)?.backoff ?? 0
  }

  /** Milliseconds of the delay that are left when it began at `since`; 0 when the time has come. */
  remaining(key: string, since: number, now: number): number {
    const entry = this.#entries.get(key)
    if (!entry || this.#expired(entry, since)) return 0
    return Math.max(0, since + entry.backoff - now)
  }

  /** As `remaining`, counted from the last call of `next`. */
  remainingSinceUpdate(key: string, now: number): number {
    const entry = this.#entries.get(key)
    return entry ? Math.max(0, entry.lastUpdate + entry.backoff - now) : 0
  }

  /** Records another failure that happened at `eventTime`. */
  next(key: string, eventTime: number, now: number): void {
    const entry = this.#entries.get(key)
    const backoff = !entry || this.#expired(entry, eventTime) ? this.#initial : Math.min(entry.backoff * 2, this.#max)
    this.#entries.set(key, { backoff, lastUpdate: now })
  }

  reset(key: string): void {
    this.#entries.delete(key)
  }

  /** Forgets every key that begins with `prefix`. */
  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key)
  }

  #expired(entry: Entry, eventTime: number): boolean {
    return eventTime - entry.lastUpdate > this.#max * 2
  }
}
