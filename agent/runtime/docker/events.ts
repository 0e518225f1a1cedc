import type { Readable } from 'node:stream'
import { RuntimeError, type ImageEvent, type RuntimeEvent } from '../runtime.ts'
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
  for await (const event of engineEvents(context, filters, signal)) {
    const told = toRuntimeEvent(event)
    if (told) yield told
  }
}

/** Images come by pulls, builds, imports and new names, and go by the loss of a name. */
const imageTypes: Readonly<Record<string, ImageEvent['type']>> = {
  pull: 'added',
  load: 'added',
  import: 'added',
  tag: 'added',
  untag: 'removed',
  delete: 'removed',
}

/** What happens to the engine's images, whoever does it. Ends as `events` does. */
export async function* imageEvents(context: DockerContext, signal: AbortSignal): AsyncGenerator<ImageEvent> {
  const filters = { type: ['image'], event: Object.keys(imageTypes) }
  for await (const { Action, Actor } of engineEvents(context, filters, signal)) {
    const type = imageTypes[Action ?? '']
    if (type) yield { type, image: Actor?.ID ?? '' }
  }
}

async function* engineEvents(context: DockerContext, filters: object, signal: AbortSignal): AsyncGenerator<EngineEvent> {
  const source = (await translated(context.docker.getEvents({ filters: JSON.stringify(filters), abortSignal: signal }))) as Readable
  try {
    for await (const line of lines(source)) yield JSON.parse(line) as EngineEvent
  } catch (error) {
    if (signal.aborted) return
    throw toRuntimeError(error)
  } finally {
    source.destroy()
  }
  if (!signal.aborted) throw new RuntimeError('Unavailable', "the engine's event stream ended")
}

/** A stream's lines, without the empty ones. */
export async function* lines(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
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

function toRuntimeEvent({ Action, Actor }: EngineEvent): RuntimeEvent | undefined {
  const type = types[Action ?? '']
  const attributes = Actor?.Attributes ?? {}
  if (!type || !isPodContainer(attributes)) return undefined
  return { type, containerId: Actor?.ID ?? '', podUid: attributes[labels.podUid] ?? '' }
}
