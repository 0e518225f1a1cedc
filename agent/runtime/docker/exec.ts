import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import { RuntimeError, type ExecOptions, type ExecSession } from '../runtime.ts'
import { isConflict, isMissing, toRuntimeError, translated } from './errors.ts'
import type { DockerContext } from './options.ts'
import { carry } from './session.ts'

/** A command in a container: what its caller may do, and the engine's own name for it. */
interface Command {
  readonly process: Docker.Exec
  readonly session: ExecSession
}

export const exec = async (context: Pick<DockerContext, 'docker'>, id: string, options: ExecOptions): Promise<ExecSession> =>
  (await startCommand(context, id, options)).session

/** Starts a command in a running container. */
export async function startCommand(
  { docker }: Pick<DockerContext, 'docker'>,
  id: string,
  options: ExecOptions & { readonly mark?: string },
): Promise<Command> {
  try {
    const process = await docker.getContainer(id).exec({
      Cmd: [...options.command],
      AttachStdin: options.stdin !== undefined,
      AttachStdout: true,
      AttachStderr: !options.tty,
      Tty: options.tty,
      ...(options.mark === undefined ? {} : { Env: [options.mark] }),
    })
    const connection = await process.start({ hijack: true, stdin: true, Tty: options.tty })
    if (!options.stdin) connection.end()
    const session = {
      exit: finish(process, carry(connection, options), options),
      resize: ({ width, height }: { width: number; height: number }) => resize(process, { w: width, h: height }),
      close: () => connection.destroy(),
    }
    return { process, session }
  } catch (error) {
    throw notRunning(error, id)
  }
}

/** The engine knows the command's terminal only a moment after it said that it started, and no longer when it has ended. */
async function resize(process: Docker.Exec, size: { w: number; h: number }): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await process.resize(size)
      return
    } catch (error) {
      const { Running, ExitCode } = await translated(process.inspect())
      if (!Running && ExitCode !== null) return
      if (attempt === 20) throw toRuntimeError(error)
    }
    await delay(25)
  }
}

/** Upstream's words for a container that cannot take a command. */
function notRunning(error: unknown, id: string): RuntimeError {
  if (isConflict(error)) return new RuntimeError('NotFound', `container not running (${id})`, { cause: error })
  if (isMissing(error)) return new RuntimeError('NotFound', `container not found (${id})`, { cause: error })
  return toRuntimeError(error)
}

/** As shells and engines have it: the command was found but cannot be run, and it was not found. */
const refusals = [126, 127]

async function finish(process: Docker.Exec, output: Promise<Buffer | undefined>, { stdout }: ExecOptions): Promise<number> {
  const refusal = await output
  const code = await exitCode(process)
  if (!refusal) return code
  if (refusals.includes(code)) {
    throw new RuntimeError(
      'StartFailed',
      `failed to exec in container: failed to start exec ${JSON.stringify(process.id)}: ${refusal.toString().trim()}`,
    )
  }
  stdout?.write(refusal)
  return code
}

async function exitCode(process: Docker.Exec): Promise<number> {
  // The output may end a moment before the engine has noted the exit code.
  for (let attempt = 0; ; attempt++) {
    const { Running, ExitCode } = await translated(process.inspect())
    if (!Running && ExitCode !== null) return ExitCode
    if (attempt === 100) throw new RuntimeError('Unknown', 'the command goes on although its streams are closed')
    await delay(Math.min(100, 2 ** attempt))
  }
}
