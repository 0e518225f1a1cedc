import { Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { RuntimeError, type ExecResult } from '../runtime.ts'
import { exec } from './exec.ts'
import type { DockerContext } from './options.ts'

/** As much as kubelet keeps of a command's output. */
const outputLimit = 16 * 1024

export interface ExecSyncOptions {
  readonly command: readonly string[]
  readonly timeoutSeconds?: number
  readonly signal?: AbortSignal
}

/** Docker cannot end a command it started: after the timeout the process goes on unheard, as under dockershim. */
export async function execSync(context: Pick<DockerContext, 'docker' | 'log'>, id: string, options: ExecSyncOptions): Promise<ExecResult> {
  const { output, sink } = collector()
  const session = await exec(context, id, { command: options.command, stdout: sink, stderr: sink, tty: false })
  const done = new AbortController()
  const stop = options.signal ? AbortSignal.any([options.signal, done.signal]) : done.signal
  try {
    const exitCode = await Promise.race([session.exit, expired(options, stop)])
    return { exitCode, output: output() }
  } catch (error) {
    session.close()
    session.exit.catch(late => context.log.debug('a command that was given up has ended', { container: id, error: late }))
    throw error
  } finally {
    done.abort()
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
