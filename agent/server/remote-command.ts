import type { Readable, Writable } from 'node:stream'
import type { Logger } from '../../common/log.ts'
import type { ExecSession, Runtime } from '../runtime/runtime.ts'
import { errorStatus, exitStatus, type CommandStatus } from './remote-command-status.ts'
import { flag } from './request-path.ts'

/** Which streams a client wants of a command. */
export interface CommandRequest {
  readonly kind: 'exec' | 'attach'
  readonly containerId: string
  readonly command: readonly string[]
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
}

/** The API server says `input`, `output`, `error`; clients say `stdin`, `stdout`, `stderr`. */
export function parseCommandRequest(kind: 'exec' | 'attach', containerId: string, query: URLSearchParams): CommandRequest {
  const tty = flag(query, 'tty')
  return {
    kind,
    containerId,
    command: query.getAll('command'),
    stdin: flag(query, 'input', 'stdin'),
    stdout: flag(query, 'output', 'stdout'),
    stderr: flag(query, 'error', 'stderr') && !tty,
    tty,
  }
}

/** A client's streams, whatever carries them. */
export interface CommandStreams {
  readonly stdin?: Readable
  readonly stdout?: Writable
  readonly stderr?: Writable
  /** Terminal sizes as JSON: `{"Width":80,"Height":24}`. */
  readonly resize?: Readable
  /** Says how it ended, then ends every stream. */
  finish(status: CommandStatus): Promise<void>
  /** Resolves when the client has gone. */
  readonly closed: Promise<void>
}

export interface CommandRunner {
  readonly runtime: Pick<Runtime, 'exec' | 'attach'>
  readonly log: Logger
}

/** Runs the command on the client's streams and tells it how that ended. */
export async function runCommand({ runtime, log }: CommandRunner, request: CommandRequest, streams: CommandStreams): Promise<void> {
  const doing = request.kind === 'exec' ? 'error executing command in container' : 'error attaching to container'
  try {
    const session = await begin(runtime, request, streams)
    if (streams.resize) followSize(session, streams.resize, log)
    const exitCode = await Promise.race([session.exit, streams.closed.then(() => undefined)])
    if (exitCode === undefined) {
      session.close()
      session.exit.catch(error => log.debug('a command ended after its client had gone', { error }))
      return
    }
    await streams.finish(exitStatus(request.kind === 'exec' ? exitCode : 0))
  } catch (error) {
    log.debug('a remote command failed', { error })
    await streams.finish(errorStatus(error, doing))
  }
}

function begin(
  runtime: Pick<Runtime, 'exec' | 'attach'>,
  request: CommandRequest,
  { stdin, stdout, stderr }: CommandStreams,
): Promise<ExecSession> {
  const options = {
    tty: request.tty,
    ...(stdin ? { stdin } : {}),
    ...(stdout ? { stdout } : {}),
    ...(stderr ? { stderr } : {}),
  }
  if (request.kind === 'attach') return runtime.attach(request.containerId, options)
  return runtime.exec(request.containerId, { ...options, command: request.command })
}

/** Sizes come as JSON values one after the other, cut anywhere. What is none ends the following only, as upstream's decoder does. */
function followSize(session: ExecSession, source: Readable, log: Logger): void {
  let rest = ''
  source.on('data', (chunk: Buffer) => {
    rest = (rest + chunk.toString()).slice(-1024)
    const last = [...rest.matchAll(/\{[^}]*\}/g)].at(-1)?.[0]
    rest = rest.slice(rest.lastIndexOf('}') + 1)
    if (!last) return
    const size = parseSize(last)
    if (!size) return void source.removeAllListeners('data').resume()
    if (size.width === 0 || size.height === 0) return
    session.resize(size).catch(error => log.debug('the terminal could not be resized', { error }))
  })
}

/** Upstream's TerminalSize: two numbers of 16 bits, 0 where one is missing. */
function parseSize(text: string): { width: number; height: number } | undefined {
  try {
    const { Width = 0, Height = 0 } = JSON.parse(text) as { Width?: unknown; Height?: unknown }
    return isSize(Width) && isSize(Height) ? { width: Width, height: Height } : undefined
  } catch {
    return undefined
  }
}
const isSize = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 65536
