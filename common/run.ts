import { setMaxListeners } from 'node:events'

/** Something that works until it is told to stop. */
export interface Runnable {
  run(signal: AbortSignal): Promise<void>
}

/** Resolves when the signal aborts. */
export const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

export interface RunOptions {
  /** How long those that are stopped are waited for; default: as long as they take. */
  readonly graceMs?: number
}

/**
 * Runs components together. When one fails, or the signal aborts, all are stopped; resolves when the last has returned, or when
 * their grace is over.
 */
export async function runAll(components: readonly Runnable[], signal: AbortSignal, { graceMs }: RunOptions = {}): Promise<void> {
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  // Many components listen to one signal: that is what it is for, not a leak.
  setMaxListeners(0, stop)
  const errors: unknown[] = []
  const ended = Promise.all(
    components.map(async component => {
      try {
        await component.run(stop)
      } catch (error) {
        errors.push(error)
        failed.abort(error)
      }
    }),
  )
  if (graceMs === undefined) await ended
  else await endedOrOverdue(ended, stop, graceMs)
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'several components failed')
}

async function endedOrOverdue(ended: Promise<unknown>, stop: AbortSignal, graceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const overdue = new Promise<void>(resolve => {
    const begin = () => (timer = setTimeout(resolve, graceMs))
    if (stop.aborted) begin()
    else stop.addEventListener('abort', begin, { once: true })
  })
  try {
    await Promise.race([ended, overdue])
  } finally {
    clearTimeout(timer)
  }
}
