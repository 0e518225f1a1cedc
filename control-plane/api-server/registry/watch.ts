import { ApiError, apiError } from '../../../api/errors.ts'
import type { Kind } from '../../../api/kind.ts'
import { messageOf } from '../../../common/error-message.ts'
import { TimeSlice } from '../../../common/time-slice.ts'
import { Compacted } from '../../store/store.ts'
import { prepareViews } from './conversions.ts'
import { prefixOf } from './keys.ts'
import { list, parseRevision, tooOld } from './list.ts'
import { checkNotInFuture, type Registry } from './registry.ts'
import type { Selection } from './selection.ts'
import { type StoredObject, viewOf } from './stored-object.ts'
import type { ObservedChange } from './watch-hub.ts'

export interface WatchRequest {
  readonly kind: Kind
  /** '' for all namespaces. */
  readonly namespace: string
  readonly selection: Selection
  readonly resourceVersion?: string | undefined
  readonly sendInitialEvents: boolean
  readonly signal: AbortSignal
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly stored: StoredObject
}

export interface WatchSink {
  event(event: WatchEvent): void
  /** Resolves when the client has taken what was sent, or is gone. */
  taken(): Promise<void>
  /** The client does not keep up. */
  overflow(): void
  /** The watch cannot go on. */
  fail(error: ApiError): void
  /** All objects that existed at the beginning have been sent. */
  initialEventsEnd(revision: number): void
}

/** What a watcher with `selection` learns of a change: objects that enter its view are added, those that leave it deleted. */
function eventOf(kind: Kind, selection: Selection, change: ObservedChange): WatchEvent | undefined {
  const { current, previous, last } = change
  // The key tells first: nobody has to look into objects of other names.
  if (selection?.name !== undefined && !change.key.endsWith(`/${selection.name}`)) return undefined
  const sees = (stored: StoredObject | undefined) => stored !== undefined && (!selection || selection.matches(viewOf(kind, stored)))
  const before = sees(previous)
  if (current && sees(current)) return { type: before ? 'MODIFIED' : 'ADDED', stored: current }
  return before && last ? { type: 'DELETED', stored: last } : undefined
}

/** Changes that may happen while a client takes in the past; one that is slower has to start again. */
const mostWaiting = 10_000

/**
 * Sends what happened since `resourceVersion` (or, without one, everything that exists) and then every change as it happens,
 * until the signal aborts. Resolves once it is live, to what tells how far it is. Throws Expired when history no longer reaches
 * back that far.
 */
export async function watch(registry: Registry, request: WatchRequest, sink: WatchSink): Promise<Live> {
  const { kind, namespace, selection, signal } = request
  const prefix = prefixOf(kind, namespace)
  const send = (change: ObservedChange) => {
    const event = eventOf(kind, selection, change)
    if (event) sink.event(event)
  }
  const converted = kind.storedAs?.conversion ? new ConvertedChanges(registry, request, { send, sink }) : undefined
  const deliver = converted ? (change: ObservedChange) => converted.add(change) : send
  // What happens while the past is being read waits behind it.
  let waiting: ObservedChange[] | undefined = []
  const unsubscribe = registry.hub.listen(prefix, change => {
    if (!waiting) deliver(change)
    else if (waiting.push(change) > mostWaiting) sink.overflow()
  })
  signal.addEventListener('abort', unsubscribe, { once: true })
  try {
    const sent = await sendPast(registry, request, { deliver, sink })
    const late = waiting
    waiting = undefined
    for (const change of late) if (change.revision > sent) deliver(change)
    return { caughtUp: () => converted?.waiting !== true }
  } catch (error) {
    unsubscribe()
    throw error
  }
}

/** A watch that has begun. */
export interface Live {
  /** Whether everything that has happened has been sent. */
  caughtUp(): boolean
}

/** Sends changes in their order, each when a webhook has said what its objects look like. */
class ConvertedChanges {
  readonly #registry: Registry
  readonly #request: WatchRequest
  readonly #out: { readonly send: (change: ObservedChange) => void; readonly sink: WatchSink }
  #turn: Promise<void> = Promise.resolve()
  #waiting = 0
  #failed = false

  constructor(registry: Registry, request: WatchRequest, out: { send: (change: ObservedChange) => void; sink: WatchSink }) {
    this.#registry = registry
    this.#request = request
    this.#out = out
  }
  get waiting(): boolean {
    return this.#waiting > 0 || this.#failed
  }
  add(change: ObservedChange): void {
    if (++this.#waiting > mostWaiting) return this.#out.sink.overflow()
    const { kind, selection } = this.#request
    // Asked for at once, although it waits for its turn: the values may soon have been compacted.
    const ready = prepareViews(this.#registry, kind, [change.current, change.last, selection && change.previous])
    this.#turn = Promise.all([this.#turn, ready]).then(
      () => this.#next(change),
      (error: unknown) => this.#fail(error),
    )
  }
  #next(change: ObservedChange): void {
    this.#waiting--
    if (!this.#failed && !this.#request.signal.aborted) this.#out.send(change)
  }
  #fail(error: unknown): void {
    this.#waiting--
    if (this.#failed || this.#request.signal.aborted) return
    this.#failed = true
    this.#out.sink.fail(error instanceof ApiError ? error : apiError('InternalError', `Internal error occurred: ${messageOf(error)}`))
  }
}

interface Out {
  readonly deliver: (change: ObservedChange) => void
  readonly sink: WatchSink
}

/** Resolves to the revision up to which everything has been sent. */
async function sendPast(registry: Registry, request: WatchRequest, { deliver, sink }: Out): Promise<number> {
  const { kind, namespace, selection, resourceVersion = '', signal } = request
  const since = resourceVersion ? parseRevision(resourceVersion) : 0
  checkNotInFuture(since, registry.store.revision)
  if (since === 0 || request.sendInitialEvents) {
    const { items, revision } = await list(registry, { kind, namespace, selection })
    await prepareViews(registry, kind, items)
    const slice = new TimeSlice()
    for (const stored of items) {
      if (slice.over) await slice.next()
      if (signal.aborted) break
      sink.event({ type: 'ADDED', stored })
      await sink.taken()
    }
    if (request.sendInitialEvents) sink.initialEventsEnd(revision)
    return revision
  }
  try {
    const until = Math.max(since, registry.store.revision)
    for (const change of await registry.hub.history(prefixOf(kind, namespace), { since, signal })) deliver(change)
    return until
  } catch (error) {
    if (error instanceof Compacted) throw tooOld(since, registry.store.compactedRevision)
    throw error
  }
}
