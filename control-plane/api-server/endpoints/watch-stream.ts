import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { stringify } from 'yaml'
import type { ApiError } from '../../../api/errors.ts'
import { apiVersionOf, type Kind } from '../../../api/kind.ts'
import type { WatchEvent, WatchSink } from '../registry/watch.ts'
import { textOf, viewOf } from '../registry/stored-object.ts'
import { partialMetadata } from './partial-metadata.ts'
import type { Representation } from './representation.ts'
import { tableOf, type IncludeObject } from './table.ts'

/** Unsent bytes that a client may leave lying before it counts as too slow and has to start again. */
const backlogLimit = 16 * 1024 * 1024

interface Options {
  readonly kind: Kind
  readonly representation: Representation
  readonly includeObject: IncludeObject
  /** The client is too slow. */
  onOverflow(): void
}

/** Unsent bytes above which the past of a watch waits for its client. */
const ahead = 256 * 1024

/**
 * One event as it goes over the wire, framed as a chunk of HTTP/1.1 once for all who watch. Through the response each of them
 * would have it framed anew and sent in three parts, which costs more than the rest of its delivery.
 */
class Line {
  readonly chunk: Buffer
  readonly #head: number

  constructor(text: string) {
    const size = `${Buffer.byteLength(text).toString(16)}\r\n`
    this.chunk = Buffer.from(`${size}${text}\r\n`)
    this.#head = size.length
  }
  get bytes(): Buffer {
    return this.chunk.subarray(this.#head, -2)
  }
}

/** Lines that all watchers of one kind with the same wishes share. */
const lines = new WeakMap<object, Map<string, Line>>()

/** Writes watch events, each serialised once however many watchers there are. */
export class WatchStream implements WatchSink {
  readonly #response: ServerResponse
  readonly #options: Options
  readonly #form: string
  #corked = false

  constructor(response: ServerResponse, options: Options) {
    this.#response = response
    this.#options = options
    const { kind, representation, includeObject } = options
    this.#form = [representation.as, representation.format, includeObject, apiVersionOf(kind)].join()
  }
  event({ type, stored }: WatchEvent): void {
    const known = lines.get(stored) ?? new Map<string, Line>()
    lines.set(stored, known)
    const form = type + this.#form
    let line = known.get(form)
    if (!line) known.set(form, (line = this.#line(type, this.#text(stored))))
    this.#write(line)
  }
  async taken(): Promise<void> {
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
  initialEventsEnd(revision: number): void {
    this.bookmark(revision, { 'k8s.io/initial-events-end': 'true' })
  }
  bookmark(revision: number, annotations?: Record<string, string>): void {
    const { kind } = this.#options
    const metadata = { resourceVersion: String(revision), creationTimestamp: null, ...(annotations ? { annotations } : {}) }
    this.#write(this.#line('BOOKMARK', JSON.stringify({ kind: kind.kind, apiVersion: apiVersionOf(kind), metadata })))
  }
  error({ status }: ApiError): void {
    this.#write(this.#line('ERROR', JSON.stringify(status)))
  }

  #text(stored: WatchEvent['stored']): string {
    const { kind, representation, includeObject } = this.#options
    if (representation.as === 'object') return textOf(kind, stored)
    const object = viewOf(kind, stored)
    if (representation.as === 'metadata') return JSON.stringify(partialMetadata(object))
    const { resourceVersion } = object.metadata
    return JSON.stringify(tableOf(kind, [object], { includeObject, now: new Date(), metadata: { resourceVersion } }))
  }
  #line(type: string, text: string): Line {
    const json = `{"type":"${type}","object":${text}}\n`
    return new Line(this.#options.representation.format === 'yaml' ? `---\n${stringify(JSON.parse(json))}` : json)
  }
  #write(line: Line): void {
    const response = this.#response
    const { socket } = response
    if (response.writableEnded || response.destroyed) return
    if (socket && response.chunkedEncoding) {
      this.#cork(socket)
      socket.write(line.chunk)
    } else response.write(line.bytes)
    if (response.writableLength > backlogLimit) this.#options.onOverflow()
  }
  /** What happens in one turn of the event loop goes out as one record of TLS. */
  #cork(socket: Socket): void {
    if (this.#corked) return
    this.#corked = true
    socket.cork()
    process.nextTick(() => {
      this.#corked = false
      socket.uncork()
    })
  }
}
