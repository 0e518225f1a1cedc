import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import { RuntimeError, type AttachOptions, type ExecSession } from '../runtime.ts'
import { toRuntimeError, translated } from './errors.ts'
import type { DockerContext } from './options.ts'
import { carry } from './session.ts'

/**
 * Joins the streams of a running container's first process. Input that ends is the container's end of input only with
 * `stdinOnce`; without it the engine would take its end for that of the whole session, and what is still said would be lost.
 */
export async function attach({ docker }: DockerContext, id: string, options: AttachOptions): Promise<ExecSession> {
  const container = docker.getContainer(id)
  try {
    const { Config } = await container.inspect()
    const connection = await container.attach({
      stream: true,
      hijack: true,
      stdin: options.stdin !== undefined,
      stdout: options.stdout !== undefined,
      stderr: options.stderr !== undefined && !options.tty,
    })
    if (await isMissed(container, connection as Duplex)) {
      ;(connection as Duplex).destroy()
      throw new RuntimeError('NotFound', `container not running (${id})`)
    }
    const output = carry(connection as Duplex, { ...options, keepsInputOpen: !Config.StdinOnce || options.tty })
    return {
      exit: exitCode(container, output),
      resize: async ({ width, height }) => {
        await translated(container.resize({ w: width, h: height }))
      },
      close: () => (connection as Duplex).destroy(),
    }
  } catch (error) {
    throw toRuntimeError(error)
  }
}

/** How long the engine takes to pass on the last words of a container that has ended. */
const lastWordsMs = 500

/**
 * Whether the container had ended before its streams were joined: the engine takes that as a wish to hear of its next start, and
 * the session would never end. One that was joined in time has something to say, if only that it is over.
 */
async function isMissed(container: Docker.Container, connection: Duplex): Promise<boolean> {
  if ((await translated(container.inspect())).State.Running) return false
  const stop = new AbortController()
  const heard = ['readable', 'close'].map(event => once(connection, event, stop).then(() => false))
  try {
    return await Promise.race([...heard, delay(lastWordsMs, true, stop)])
  } finally {
    // What is waited for no longer is no failure.
    void Promise.allSettled(heard)
    stop.abort()
  }
}

async function exitCode(
  container: { wait(): Promise<{ StatusCode: number }>; inspect(): Promise<{ State: { Running: boolean } }> },
  output: Promise<unknown>,
): Promise<number> {
  await output
  const { State } = await translated(container.inspect())
  // The caller has let go of a container that goes on: there is no code to tell.
  if (State.Running) return 0
  return (await translated(container.wait())).StatusCode
}
