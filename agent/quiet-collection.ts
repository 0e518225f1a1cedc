import { sleepUnlessAborted, type Clock } from '../common/clock.ts'
import type { Runnable } from '../common/run.ts'

const LOOK_MILLISECONDS = 5_000
/** What a turn of the agent's own habits leaves behind: listings, probes, a lease. */
const HABITUAL_BYTES = 1_500_000
/** Less is not worth a collection, which costs some 30 ms. */
const WORTHWHILE_BYTES = 3_000_000

export interface QuietCollectionOptions {
  /** Collects everything at once. */
  readonly collect: () => void
  /** Bytes that objects take, those included that nobody needs any more. */
  readonly used: () => number
  readonly clock: Pick<Clock, 'sleep'>
}

/**
 * Collects the garbage of a burst of work when the work is over. V8 collects when it allocates: what the last pods of many have
 * left behind would stay for as long as nothing happens, a quarter of the heap.
 */
export class QuietCollection implements Runnable {
  readonly #options: QuietCollectionOptions

  constructor(options: QuietCollectionOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, collect, used } = this.#options
    // Nothing has been collected yet: the garbage of the start is the first to go.
    let [afterLast, before] = [0, used()]
    while (!signal.aborted) {
      await sleepUnlessAborted(clock, LOOK_MILLISECONDS, signal)
      if (signal.aborted) return
      const now = used()
      if (isWorthwhile({ now, before, afterLast })) {
        collect()
        afterLast = used()
      }
      before = used()
      // The engine has collected, too.
      afterLast = Math.min(afterLast, before)
    }
  }
}

/** A lot has gathered since the last collection, and hardly anything in the last moment. */
export const isWorthwhile = ({ now, before, afterLast }: { now: number; before: number; afterLast: number }): boolean =>
  now - afterLast >= WORTHWHILE_BYTES && now - before < HABITUAL_BYTES
