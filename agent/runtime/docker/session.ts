import { once } from 'node:events'
import type { Duplex, Readable, Writable } from 'node:stream'
import { rawFrames, readFrames } from './frames.ts'

export interface SessionStreams {
  readonly stdin?: Readable
  readonly stdout?: Writable
  readonly stderr?: Writable
  readonly tty: boolean
  /** The other side is not told when `stdin` ends. */
  readonly keepsInputOpen?: boolean
}

/** What the engine writes in place of a command's output when it could not run the command. */
const refusalPrefix = 'OCI runtime exec failed: '

/**
 * Carries a hijacked connection's bytes both ways; resolves when the other side has said everything. A slow reader slows the
 * process, not us: nothing is read on before it has taken what it got. Output that begins like the engine's refusal to run the
 * command is kept back and returned: whoever knows the exit code can tell whether it is one.
 */
export async function carry(connection: Duplex, streams: SessionStreams): Promise<Buffer | undefined> {
  let refusal: Buffer | undefined
  let first = true
  if (streams.stdin) feed(streams.stdin, connection, !streams.keepsInputOpen)
  const bytes: AsyncIterable<Buffer> = connection
  try {
    for await (const { stream, payload } of streams.tty ? rawFrames(bytes) : readFrames(bytes)) {
      if (first && payload.toString('latin1', 0, refusalPrefix.length) === refusalPrefix) refusal = payload
      else await deliver(stream === 'stderr' ? streams.stderr : streams.stdout, payload)
      first = false
    }
  } catch (error) {
    // The caller closed the session, or the engine cut the line: either way the output ends here.
    if (!connection.destroyed) throw error
  } finally {
    if (streams.stdin) streams.stdin.unpipe(connection)
    connection.destroy()
  }
  return refusal
}

async function deliver(target: Writable | undefined, payload: Buffer): Promise<void> {
  if (target && !target.destroyed && !target.write(payload)) await drained(target)
}

function feed(stdin: Readable, connection: Duplex, end: boolean): void {
  connection.on('error', () => stdin.unpipe(connection))
  stdin.on('error', () => end && connection.end())
  stdin.pipe(connection, { end })
}

async function drained(target: Writable): Promise<void> {
  const stop = new AbortController()
  const { signal } = stop
  try {
    await Promise.race([once(target, 'drain', { signal }), once(target, 'close', { signal })])
  } finally {
    stop.abort()
  }
}
