import type { ServerResponse } from 'node:http'
import { stringify } from 'yaml'
import type { ApiError } from '../../../api/errors.ts'
import { apiVersionOf, type Kind } from '../../../api/kind.ts'
import { encodeProtobuf, watchFrame } from '../../../api/protobuf/envelope.ts'
import type { RequestObserver } from '../interfaces.ts'
import type { WatchEvent, WatchSink } from '../registry/watch.ts'
import { textOf, viewOf } from '../registry/stored-object.ts'
import { protobufSchemaOf, type Typed } from './body-schemas.ts'
import type { FanOut, Sender } from './fan-out.ts'
import { bytesOf } from './object-bytes.ts'
import { partialMetadata } from './partial-metadata.ts'
import type { Representation } from './representation.ts'
import { tableOf, type IncludeObject } from './table.ts'

/** Unsent bytes that a client may leave lying before it counts as too slow and has to start again. */
const backlogLimit = 16 * 1024 * 1024

interface Options {
  readonly kind: Kind
  readonly representation: Representation
  readonly includeObject: IncludeObject
  /** Says when it is this stream's turn to send. */
  readonly fanOut: FanOut
  /** Whether the client knows what to do with bookmarks. */
  readonly bookmarks: boolean
  /** The client is too slow. */
  onOverflow(): void
  /** Called for every event. */
  readonly sent: ReturnType<RequestObserver['watching']> | undefined
}

/** Unsent bytes above which the past of a watch waits for its client. */
const ahead = 256 * 1024

/** An event as it goes over the wire. */
interface Line {
  readonly bytes: Buffer
  /** Without the framing of the chunk. */
  readonly length: number
}

/** Lines that all watchers of one kind with the same wishes share. */
const lines = new WeakMap<object, Map<string, Line>>()

const lineBreak = Buffer.from('\r\n')
const lastChunk = '0\r\n\r\n'

/** Writes watch events, each serialised once however many watchers there are, and those that wait for a turn at once. */
export class WatchStream implements WatchSink, Sender {
  readonly #response: ServerResponse
  readonly #options: Options
  /** By the event's type, what is the same for all watchers that want the same. */
  readonly #forms: Readonly<Record<WatchEvent['type'], string>>
  readonly #chunked: boolean
  #waiting: Buffer[] = []
  #waitingBytes = 0

  /** `response` has sent its headers; from now on it belongs to the stream. */
  constructor(response: ServerResponse, options: Options) {
    this.#response = response
    this.#options = options
    // HTTP would frame an event for each watcher anew, in four pieces that are put together again; here they share that too.
    this.#chunked = response.chunkedEncoding
    response.chunkedEncoding = false
    const { kind, representation, includeObject } = options
    const wishes = [representation.as, representation.format, includeObject, apiVersionOf(kind), this.#chunked].join()
    const form = (type: WatchEvent['type']) => `${type},${wishes}`
    this.#forms = { ADDED: form('ADDED'), MODIFIED: form('MODIFIED'), DELETED: form('DELETED') }
  }
  event({ type, stored }: WatchEvent): void {
    const known = lines.get(stored) ?? new Map<string, Line>()
    lines.set(stored, known)
    const form = this.#forms[type]
    let line = known.get(form)
    const made = !line
    if (!line) known.set(form, (line = this.#framed(this.#line(type, stored))))
    this.#write(line)
    this.#options.sent?.(line.length, made)
  }
  async taken(): Promise<void> {
    if (this.#waitingBytes >= ahead) this.flush()
    const { socket } = this.#response
    if (!socket || socket.destroyed || this.#response.writableLength < ahead) return
    // Whoever goes instead of reading closes the connection.
    await new Promise<void>(resolve => {
      const done = () => {
        socket.off('drain', done).off('close', done)
        resolve()
      }
      socket.on('drain', done).on('close', done)
    })
  }
  overflow(): void {
    this.#options.onOverflow()
  }
  /** Ends with an error, behind everything that was written. */
  fail({ status }: ApiError): void {
    this.#write(this.#framed(this.#bodyLine('ERROR', status)))
    this.end()
  }
  initialEventsEnd(revision: number): void {
    if (this.#options.bookmarks) this.bookmark(revision, { 'k8s.io/initial-events-end': 'true' })
  }
  bookmark(revision: number, annotations?: Record<string, string>): void {
    const { kind, representation } = this.#options
    const type =
      representation.as === 'metadata'
        ? { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }
        : { kind: kind.kind, apiVersion: apiVersionOf(kind) }
    const metadata = { resourceVersion: String(revision), creationTimestamp: null, ...(annotations ? { annotations } : {}) }
    const body = { ...type, metadata }
    this.#write(this.#framed(this.#bodyLine('BOOKMARK', body)))
  }
  end(): void {
    this.flush()
    if (this.#response.writableEnded) return
    this.#response.end(this.#chunked ? lastChunk : undefined)
  }
  flush(): void {
    const lines = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    if (lines.length === 0 || this.#response.writableEnded || this.#response.destroyed) return
    this.#response.write(lines.length === 1 ? lines[0] : Buffer.concat(lines))
    // HTTP would write it behind this turn, where nobody sees how long that takes.
    this.#response.socket?.uncork()
  }

  #text(stored: WatchEvent['stored']): string {
    const { kind, representation, includeObject } = this.#options
    if (representation.as === 'object') return textOf(kind, stored)
    const object = viewOf(kind, stored)
    if (representation.as === 'metadata') return JSON.stringify(partialMetadata(object))
    const { resourceVersion } = object.metadata
    return JSON.stringify(tableOf(kind, [object], { includeObject, now: new Date(), metadata: { resourceVersion } }))
  }
  #line(type: string, stored: WatchEvent['stored']): Buffer {
    const { kind, representation } = this.#options
    if (representation.format === 'protobuf') return watchFrame(type, bytesOf(kind, stored, representation.as))
    return this.#textLine(type, this.#text(stored))
  }
  /** An event about something that is not stored. */
  #bodyLine(type: string, body: Typed): Buffer {
    const schema = this.#options.representation.format === 'protobuf' ? protobufSchemaOf(body) : undefined
    return schema ? watchFrame(type, encodeProtobuf(schema, body)) : this.#textLine(type, JSON.stringify(body))
  }
  #textLine(type: string, text: string): Buffer {
    const json = `{"type":"${type}","object":${text}}\n`
    return Buffer.from(this.#options.representation.format === 'yaml' ? `---\n${stringify(JSON.parse(json))}` : json)
  }
  #framed(line: Buffer): Line {
    const { length } = line
    const bytes = this.#chunked ? Buffer.concat([Buffer.from(length.toString(16)), lineBreak, line, lineBreak]) : line
    return { bytes, length }
  }
  #write({ bytes }: Line): void {
    if (this.#response.writableEnded || this.#response.destroyed) return
    if (this.#waiting.push(bytes) === 1) this.#options.fanOut.later(this)
    this.#waitingBytes += bytes.length
    if (this.#response.writableLength + this.#waitingBytes > backlogLimit) this.#options.onOverflow()
  }
}
