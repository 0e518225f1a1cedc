import type { Duplex } from 'node:stream'
import type { AttachOptions, ExecSession } from '../runtime.ts'
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
