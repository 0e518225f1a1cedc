import type { Readable } from 'node:stream'
import type { LogLine, LogOptions } from '../runtime.ts'
import { readFrames } from './frames.ts'
import { translated } from './errors.ts'
import type { DockerContext } from './options.ts'

/** The output as the engine's log files have it, rotated ones included. Following ends with the container. */
export async function* logs({ docker }: DockerContext, id: string, options: LogOptions): AsyncGenerator<LogLine> {
  if (options.signal.aborted) return
  const container = docker.getContainer(id)
  const { Config } = await translated(container.inspect())
  const request = {
    stdout: true,
    stderr: true,
    timestamps: true,
    ...(options.tailLines === undefined ? {} : { tail: options.tailLines }),
    ...(options.sinceTime ? { since: options.sinceTime.getTime() / 1000 } : {}),
  }
  const source: Readable = options.follow
    ? ((await translated(container.logs({ ...request, follow: true, abortSignal: options.signal }))) as Readable)
    : await openOnce(docker, id, { ...request, signal: options.signal })
  try {
    yield* Config.Tty ? terminalLines(source) : frameLines(source)
  } catch (error) {
    if (!options.signal.aborted) throw error
  } finally {
    source.destroy()
  }
}

/** dockerode reads a log without `follow` into memory as a whole; a log may be larger than that. */
function openOnce(
  docker: DockerContext['docker'],
  id: string,
  { signal, ...query }: Record<string, unknown> & { signal: AbortSignal },
): Promise<Readable> {
  const statusCodes = { 200: true, 404: 'no such container', 500: 'server error' }
  const request = { path: `/containers/${id}/logs?`, method: 'GET', isStream: true, statusCodes, options: query, abortSignal: signal }
  const opened = new Promise<Readable>((resolve, reject) => {
    docker.modem.dial(request, (error, response) => (error ? reject(error as Error) : resolve(response as Readable)))
  })
  return translated(opened)
}

/** A frame is what the process wrote up to a line end, or up to the engine's limit for one entry. */
async function* frameLines(source: AsyncIterable<Buffer>): AsyncGenerator<LogLine> {
  for await (const { stream, payload } of readFrames(source)) yield parse(stream, payload)
}

async function* terminalLines(source: AsyncIterable<Buffer>): AsyncGenerator<LogLine> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      yield parse('stdout', rest.subarray(0, end + 1))
      rest = rest.subarray(end + 1)
    }
  }
  if (rest.length > 0) yield parse('stdout', rest)
}

function parse(stream: LogLine['stream'], entry: Buffer): LogLine {
  const space = entry.indexOf(0x20)
  return { stream, time: entry.subarray(0, space).toString(), text: entry.subarray(space + 1) }
}
