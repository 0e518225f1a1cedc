import { setTimeout as delay } from 'node:timers/promises'

/** The time, so that tests can set it. */
export interface Clock {
  now(): Date
  /** Resolves after `milliseconds`; rejects with the signal's reason when it aborts first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, signal ? { signal } : undefined),
}
