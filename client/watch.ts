import { StringDecoder } from 'node:string_decoder'
import { deepFreeze } from '../common/freeze.ts'
import type { KubernetesObject } from '../api/kind.ts'
import type { WatchEvent } from './client.ts'
import { errorOfEvent } from './status-error.ts'

/** The lines of a byte stream, as soon as each is complete. */
async function* lines(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let rest: string[] = []
  for await (const chunk of stream) {
    const parts = (typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))).split(
      '\n',
    )
    const last = parts.pop() ?? ''
    for (const part of parts) {
      const line = rest.length > 0 ? rest.join('') + part : part
      rest = []
      if (line !== '') yield line
    }
    if (last !== '') rest.push(last)
  }
}

/** As many as one turn of the event loop brings to the watches of a process. */
const remembered = 64

/**
 * Lines that were parsed last. Scheduler and controllers are one process and watch the same objects: what the first of them
 * has parsed is there for the others, in their caches, too. It is frozen, so that none of them can change it.
 */
const recent = new Map<string, unknown>()

const parse = (line: string): unknown => deepFreeze(JSON.parse(line) as object)

function parseOnce(line: string): unknown {
  const known = recent.get(line)
  if (known !== undefined) return known
  const event = parse(line)
  recent.set(line, event)
  if (recent.size > remembered) recent.delete(recent.keys().next().value ?? '')
  return event
}

/**
 * The events of a watch response, frozen: one JSON document per line. An ERROR event becomes the ApiError it carries. `shared`:
 * others in this process watch the same.
 */
export async function* watchEvents<O extends KubernetesObject>(
  stream: AsyncIterable<Uint8Array | string>,
  { shared = false } = {},
): AsyncGenerator<WatchEvent<O>> {
  for await (const line of lines(stream)) {
    const event = (shared ? parseOnce : parse)(line) as WatchEvent<O> | { readonly type: 'ERROR'; readonly object: unknown }
    if (event.type === 'ERROR') throw errorOfEvent(event.object)
    yield event
  }
}
