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

/** Runs components together. When one fails, or the signal aborts, all are stopped; resolves when the last has returned. */
export async function runAll(components: readonly Runnable[], signal: AbortSignal): Promise<void> {
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  // Many components listen to one signal: that is what it is for, not a leak.
  setMaxListeners(0, stop)
  const results = await Promise.allSettled(
    components.map(async component => {
      try {
        await component.run(stop)
      } catch (error) {
        failed.abort(error)
        throw error
      }
    }),
  )
  const errors = results.filter(result => result.status === 'rejected').map(result => result.reason as unknown)
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'several components failed')
}
