import type { ServerResponse } from 'node:http'
import { stringify } from 'yaml'
import type { ApiError } from '../../../api/errors.ts'
import { apiVersionOf, type Kind } from '../../../api/kind.ts'
import { encodeProtobuf, watchFrame } from '../../../api/protobuf/envelope.ts'
import type { WatchEvent, WatchSink } from '../registry/watch.ts'
import { textOf, viewOf } from '../registry/stored-object.ts'
import { protobufSchemaOf, type Typed } from './body-schemas.ts'
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
  /** Whether the client knows what to do with bookmarks. */
  readonly bookmarks: boolean
  /** The client is too slow. */
  onOverflow(): void
  /** An event has been sent. */
  sent(bytes: number): void
}

/** Unsent bytes above which the past of a watch waits for its client. */
const ahead = 256 * 1024

/** Lines that all watchers of one kind with the same wishes share. */
const lines = new WeakMap<object, Map<string, Buffer>>()

/** Writes watch events, each serialised once however many watchers there are. */
export class WatchStream implements WatchSink {
  readonly #response: ServerResponse
  readonly #options: Options
  readonly #form: string

  constructor(response: ServerResponse, options: Options) {
    this.#response = response
    this.#options = options
    const { kind, representation, includeObject } = options
    this.#form = [representation.as, representation.format, includeObject, apiVersionOf(kind)].join()
  }
  event({ type, stored }: WatchEvent): void {
    const known = lines.get(stored) ?? new Map<string, Buffer>()
    lines.set(stored, known)
    const form = type + this.#form
    let line = known.get(form)
    if (!line) known.set(form, (line = this.#line(type, stored)))
    this.#write(line)
    this.#options.sent(line.length)
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
  fail(error: ApiError): void {
    this.error(error)
    this.#response.end()
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
    this.#write(this.#bodyLine('BOOKMARK', body))
  }
  error({ status }: ApiError): void {
    this.#write(this.#bodyLine('ERROR', status))
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
  #write(line: Buffer): void {
    if (this.#response.writableEnded || this.#response.destroyed) return
    this.#response.write(line)
    if (this.#response.writableLength > backlogLimit) this.#options.onOverflow()
  }
}
