import { Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import { isRuntimeError, RuntimeError, type ExecResult } from '../runtime.ts'
import { startCommand } from './exec.ts'
import { killCommand, newCommandMark } from './kill-command.ts'
import type { DockerContext } from './options.ts'

/** As much as kubelet keeps of a command's output. */
const outputLimit = 16 * 1024

export interface ExecSyncOptions {
  readonly command: readonly string[]
  readonly timeoutSeconds?: number
  readonly signal?: AbortSignal
}

/** Runs a command to its end, or kills it when its time is up. */
export async function execSync(context: DockerContext, id: string, options: ExecSyncOptions): Promise<ExecResult> {
  const { output, sink } = collector()
  const mark = newCommandMark()
  const started = await startCommand(context, id, { command: options.command, stdout: sink, stderr: sink, tty: false, mark })
  const { session, process } = started
  const done = new AbortController()
  const stop = options.signal ? AbortSignal.any([options.signal, done.signal]) : done.signal
  try {
    const exitCode = await Promise.race([session.exit, expired(options, stop)])
    return { exitCode, output: output() }
  } catch (error) {
    session.close()
    session.exit.catch(late => context.log.debug('a command that was given up has ended', { container: id, error: late }))
    if (isRuntimeError(error, 'Timeout')) await kill(context, process, mark)
    throw error
  } finally {
    done.abort()
  }
}

async function kill(context: DockerContext, process: Docker.Exec, mark: string): Promise<void> {
  try {
    await killCommand(context, process, mark)
  } catch (error) {
    // The command goes on unheard; that it took too long is what its caller has to know.
    context.log.warn('a command that took too long could not be killed', { error })
  }
}

async function expired({ command, timeoutSeconds }: ExecSyncOptions, signal: AbortSignal): Promise<never> {
  await delay(timeoutSeconds ? timeoutSeconds * 1000 : 2 ** 31 - 1, undefined, { signal })
  throw new RuntimeError('Timeout', `command ${JSON.stringify(command.join(' '))} timed out`)
}

function collector(): { sink: Writable; output: () => Buffer } {
  const chunks: Buffer[] = []
  let room = outputLimit
  const sink = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      if (room > 0) chunks.push(chunk.subarray(0, room))
      room -= chunk.length
      callback()
    },
  })
  return { sink, output: () => Buffer.concat(chunks) }
}
