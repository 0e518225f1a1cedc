import type { Duplex } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { CommandRequest, CommandStreams } from './remote-command.ts'
import { statusText } from './remote-command-status.ts'
import { SpdySession, type SpdyStream } from './spdy-session.ts'

export const spdyCommandProtocols = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io'] as const
/** How long a client may take to open its streams, as upstream allows. */
const openingMs = 30_000
/** How long a client may take to read what is left. */
const lingerMs = 10_000

/** The streams of a command over SPDY: one each, told apart by their `streamtype` header. */
export async function spdyCommandStreams(connection: Duplex, request: CommandRequest, protocol: string): Promise<CommandStreams> {
  const wanted = ['error', ...(['stdin', 'stdout', 'stderr'] as const).filter(name => request[name])]
  if (request.tty && !['v2.channel.k8s.io', 'channel.k8s.io'].includes(protocol)) wanted.push('resize')
  const streams = new Map<string, SpdyStream>()
  let complete: () => void = () => undefined
  const opened = new Promise<void>(resolve => {
    complete = resolve
  })
  const session = new SpdySession(connection, stream => {
    streams.set(stream.headers['streamtype'] ?? '', stream)
    if (wanted.every(name => streams.has(name))) complete()
  })
  const closed = session.run().catch((error: unknown) => {
    connection.destroy(error instanceof Error ? error : undefined)
  })
  const timer = new AbortController()
  const late = delay(openingMs, 'late', { signal: timer.signal }).catch(() => 'late')
  const outcome = await Promise.race([opened.then(() => 'opened'), closed.then(() => 'closed'), late])
  timer.abort()
  if (outcome !== 'opened') {
    connection.destroy()
    throw new Error('timed out waiting for the client to create its streams')
  }
  const [stdin, stdout, stderr, resize] = ['stdin', 'stdout', 'stderr', 'resize'].map(name => streams.get(name))
  return {
    closed,
    ...(stdin ? { stdin } : {}),
    ...(stdout ? { stdout } : {}),
    ...(stderr ? { stderr } : {}),
    ...(resize ? { resize } : {}),
    finish: async status => {
      const said = [stdout, stderr].map(stream => stream?.end())
      const error = streams.get('error')
      error?.end(statusText(status, protocol))
      await Promise.race([
        Promise.all([...said, error].map(stream => stream && finished(stream, { readable: false }))),
        closed,
        delay(lingerMs, undefined, { ref: false }),
      ])
      await session.close()
    },
  }
}
