import { once } from 'node:events'
import type { Duplex, Readable, Writable } from 'node:stream'
import { rawFrames, readFrames } from './frames.ts'

export interface SessionStreams {
  readonly stdin?: Readable
  readonly stdout?: Writable
  readonly stderr?: Writable
  readonly tty: boolean
}

/**
 * Carries a hijacked connection's bytes both ways; resolves when the other side has said everything. A slow reader slows the
 * process, not us: nothing is read on before it has taken what it got.
 */
export async function carry(connection: Duplex, streams: SessionStreams): Promise<void> {
  if (streams.stdin) feed(streams.stdin, connection)
  const bytes: AsyncIterable<Buffer> = connection
  try {
    for await (const { stream, payload } of streams.tty ? rawFrames(bytes) : readFrames(bytes)) {
      const target = stream === 'stderr' ? streams.stderr : streams.stdout
      if (target && !target.destroyed && !target.write(payload)) await drained(target)
    }
  } catch (error) {
    // The caller closed the session, or the engine cut the line: either way the output ends here.
    if (!connection.destroyed) throw error
  } finally {
    if (streams.stdin) streams.stdin.unpipe(connection)
    connection.destroy()
  }
}

function feed(stdin: Readable, connection: Duplex): void {
  connection.on('error', () => stdin.unpipe(connection))
  stdin.on('error', () => connection.end())
  stdin.pipe(connection)
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
