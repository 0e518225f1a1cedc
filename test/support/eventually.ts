import { setTimeout as sleep } from 'node:timers/promises'

/** Repeats `attempt` until it neither throws nor returns `undefined` or `false`; the last failure is the error when time is up. */
export async function eventually<T>(
  attempt: () => Promise<T | undefined | false>,
  options: { seconds?: number; what?: string } = {},
): Promise<T> {
  const deadline = Date.now() + (options.seconds ?? 30) * 1000
  let failure: unknown
  for (;;) {
    try {
      const value = await attempt()
      if (value !== undefined && value !== false) return value
      failure = undefined
    } catch (error) {
      failure = error
    }
    if (Date.now() > deadline)
      throw new Error(`${options.what ?? 'it'} did not come about in ${options.seconds ?? 30} s`, { cause: failure })
    await sleep(100)
  }
}
