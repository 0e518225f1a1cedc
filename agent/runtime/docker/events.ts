import type { Readable } from 'node:stream'
import { RuntimeError, type RuntimeEvent } from '../runtime.ts'
import { toRuntimeError, translated } from './errors.ts'
import { isPodContainer, labels, ownerFilter } from './labels.ts'
import type { DockerContext } from './options.ts'

const types: Readonly<Record<string, RuntimeEvent['type']>> = {
  create: 'created',
  start: 'started',
  die: 'died',
  destroy: 'removed',
  oom: 'oom',
}

/** The engine's event stream. Ends when the signal aborts; throws when the stream breaks, and the caller subscribes again. */
export async function* events(context: DockerContext, signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
  const filters = { type: ['container'], event: Object.keys(types), label: ownerFilter(context) }
  const source = (await translated(context.docker.getEvents({ filters: JSON.stringify(filters), abortSignal: signal }))) as Readable
  try {
    for await (const line of lines(source)) {
      const event = parse(line)
      if (event) yield event
    }
  } catch (error) {
    if (signal.aborted) return
    throw toRuntimeError(error)
  } finally {
    source.destroy()
  }
  if (!signal.aborted) throw new RuntimeError('Unavailable', "the engine's event stream ended")
}

async function* lines(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of source) {
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop() ?? ''
    yield* parts.filter(part => part !== '')
  }
}

interface EngineEvent {
  readonly Action?: string
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Record<string, string> }
}

function parse(line: string): RuntimeEvent | undefined {
  const { Action, Actor } = JSON.parse(line) as EngineEvent
  const type = types[Action ?? '']
  const attributes = Actor?.Attributes ?? {}
  if (!type || !isPodContainer(attributes)) return undefined
  return { type, containerId: Actor?.ID ?? '', podUid: attributes[labels.podUid] ?? '' }
}
