import { Session } from 'node:inspector/promises'
import { sleepUnlessAborted, type Clock } from '../../../common/clock.ts'
import { PlainError } from './error-handler.ts'

/** Takes profiles of this process, one at a time. */
export class CpuProfiler {
  readonly #clock: Pick<Clock, 'sleep'>
  #busy = false

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock
  }
  /** What the process does in the next so many milliseconds, or until nobody wants to know any more; as V8's tools read it. */
  async take(milliseconds: number, signal: AbortSignal): Promise<object> {
    if (this.#busy) throw new PlainError(500, 'Could not enable CPU profiling: cpu profiling already in use')
    this.#busy = true
    const session = new Session()
    session.connect()
    try {
      await session.post('Profiler.enable')
      await session.post('Profiler.start')
      await sleepUnlessAborted(this.#clock, milliseconds, signal)
      const { profile } = await session.post('Profiler.stop')
      return profile
    } finally {
      session.disconnect()
      this.#busy = false
    }
  }
}
