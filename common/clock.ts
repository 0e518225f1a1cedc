import { setTimeout as delay } from 'node:timers/promises'

/** The time, so that tests can set it. */
export interface Clock {
  now(): Date
  /** Resolves after `milliseconds`; rejects with the signal's reason when it aborts first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** Sleeps, or less when the signal aborts: for loops that look at the signal themselves. */
export async function sleepUnlessAborted(clock: Pick<Clock, 'sleep'>, milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(milliseconds, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, signal ? { signal } : undefined),
}
