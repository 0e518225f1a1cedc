import { GrowingDelay } from '../client/growing-delay.ts'
import type { Clock } from '../common/clock.ts'

export interface PersistOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly failed: (error: unknown) => void
}

/**
 * Repeats `attempt` until it succeeds, with short pauses that grow to a second: what a node waits for when it starts is usually
 * there a moment later. Rejects only when the signal aborts.
 */
export async function persist<T>(attempt: () => Promise<T>, { clock, signal, failed }: PersistOptions): Promise<T> {
  const delay = new GrowingDelay({ initial: 50, maximum: 500 })
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      signal.throwIfAborted()
      failed(error)
    }
    await clock.sleep(delay.next(), signal)
  }
}
