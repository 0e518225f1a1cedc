import { setTimeout as delay } from 'node:timers/promises'

/** The time, so that tests can set it. */
export interface Clock {
  now(): Date
  /** Resolves after `milliseconds`; rejects with the signal's reason when it aborts first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** A clock that can also be told to do something later without anybody waiting for it. */
export interface AlarmClock extends Clock {
  /** Calls `ring` after `milliseconds`, which may be weeks; returns how to call it off. No alarm keeps a program alive. */
  alarm(milliseconds: number, ring: () => void): () => void
}

/** Longer timers fire at once in Node; whoever waits for weeks waits in pieces. */
const longestTimer = 2 ** 31 - 1

/** Sleeps, or less when the signal aborts: for loops that look at the signal themselves. */
export async function sleepUnlessAborted(clock: Pick<Clock, 'sleep'>, milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(milliseconds, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

export const systemClock: AlarmClock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, signal ? { signal } : undefined),
  alarm(milliseconds, ring) {
    let timer: NodeJS.Timeout
    const wind = (left: number) => {
      const piece = Math.min(left, longestTimer)
      timer = setTimeout(() => (left > piece ? wind(left - piece) : ring()), piece).unref()
    }
    wind(milliseconds)
    return () => clearTimeout(timer)
  },
}
