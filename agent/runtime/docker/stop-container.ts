import type { DockerContext } from './options.ts'
import { isConflict, isMissing, settled, toRuntimeError } from './errors.ts'

/** Sends the signal, waits, kills. The engine itself waits, so that an agent that dies meanwhile leaves nothing half stopped. */
export async function stopContainer(context: DockerContext, id: string, options: { graceSeconds: number; signal?: string }): Promise<void> {
  const container = context.docker.getContainer(id)
  const t = Math.max(0, Math.ceil(options.graceSeconds))
  if (t === 0) return killContainer(context, id)
  if (!options.signal) return settled(container.stop({ t }))
  // Engines before API 1.42 do not take a signal with stop: it goes first, and only the killing is left to stop.
  try {
    await container.kill({ signal: options.signal })
  } catch (error) {
    if (isMissing(error) || isConflict(error)) return
    throw toRuntimeError(error)
  }
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), t * 1000)
  try {
    await container.wait({ abortSignal: timeout.signal })
  } catch (error) {
    if (!timeout.signal.aborted && !isMissing(error)) throw toRuntimeError(error)
  } finally {
    clearTimeout(timer)
  }
  await killContainer(context, id)
}

/** Kills at once and waits for the end; `stop` without a grace period would send the stop signal first. */
export async function killContainer({ docker }: DockerContext, id: string): Promise<void> {
  try {
    await docker.getContainer(id).kill({ signal: 'SIGKILL' })
  } catch (error) {
    if (!isMissing(error) && !isConflict(error)) throw toRuntimeError(error)
  }
}
