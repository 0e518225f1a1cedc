import { promisify } from 'node:util'
import { createGzip, gzip } from 'node:zlib'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stringify } from 'yaml'
import { protobufMediaType } from '../../../api/protobuf/envelope.ts'
import { TimeSlice } from '../../../common/time-slice.ts'
import type { ByteSink } from '../registry/stored-object.ts'
import { ByteBuilder } from './byte-builder.ts'

const compress = promisify(gzip)

/** Smaller answers are not worth the time. */
const compressFrom = 128 * 1024

/** What answers are labelled with. */
export const contentTypes = { json: 'application/json', yaml: 'application/yaml', protobuf: protobufMediaType } as const

/** `text` is JSON. */
export type Content =
  { readonly format: 'json' | 'yaml'; readonly text: string } | { readonly format: 'protobuf'; readonly bytes: Uint8Array }

export type Answer = Content & {
  readonly code: number
  /** Instead of the format's own. */
  readonly contentType?: string
  readonly cacheControl?: string
}

function bodyOf(content: Content): string | Uint8Array {
  if (content.format === 'protobuf') return content.bytes
  return content.format === 'yaml' ? stringify(JSON.parse(content.text), { aliasDuplicateObjects: false }) : `${content.text}\n`
}

/** Writes one complete answer. */
export async function respond(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const { code, format, contentType = contentTypes[format], cacheControl } = answer
  await send(request, response, { code, body: bodyOf(answer), contentType, cacheControl })
}

interface Whole {
  readonly code: number
  readonly body: string | Uint8Array
  readonly contentType: string
  readonly cacheControl?: string | undefined
}

async function send(request: IncomingMessage, response: ServerResponse, { code, body, contentType, cacheControl }: Whole): Promise<void> {
  // The deadline has answered already.
  if (response.headersSent || response.destroyed) return
  setHeaders(response, contentType, cacheControl)
  response.statusCode = code
  if (body.length < compressFrom || !acceptsGzip(request)) {
    response.setHeader('Content-Length', Buffer.byteLength(body))
    response.end(request.method === 'HEAD' ? undefined : body)
    return
  }
  const compressed = await compress(body, { level: 1 })
  if (response.headersSent) return
  response.setHeader('Content-Encoding', 'gzip')
  response.setHeader('Vary', 'Accept-Encoding')
  response.setHeader('Content-Length', compressed.length)
  response.end(request.method === 'HEAD' ? undefined : compressed)
}

function setHeaders(response: ServerResponse, contentType: string, cacheControl = 'no-cache, private'): void {
  response.setHeader('Content-Type', contentType)
  response.setHeader('Cache-Control', cacheControl)
}

/** A part of a long answer: a text, or something that writes itself. */
export type Piece = string | { writeTo(sink: ByteSink): void }

/** So much of a long answer is made at a time. */
const chunkSize = 256 * 1024

/** Writes an answer that may be long: what is longer than one chunk goes out as it is made, as fast as the client reads. */
export async function respondInPieces(
  request: IncomingMessage,
  response: ServerResponse,
  { pieces, format }: { readonly pieces: Iterable<Piece>; readonly format: 'json' | 'yaml' },
): Promise<void> {
  const chunks = inChunks(pieces)
  if (format === 'yaml') {
    let json = ''
    const decoder = new TextDecoder()
    for await (const chunk of chunks) json += decoder.decode(chunk, { stream: true })
    return respond(request, response, { code: 200, text: json, format })
  }
  const first = await chunks.next()
  const second = await chunks.next()
  if (first.done || second.done) return send(request, response, { code: 200, body: first.value ?? '', contentType: contentTypes.json })
  const body = async function* () {
    yield first.value
    yield second.value
    yield* chunks
  }
  await stream(request, response, { format, body: body() })
}

/** Writes an answer in protobuf that may be long, as fast as the client reads. */
export async function respondWithBytes(request: IncomingMessage, response: ServerResponse, parts: readonly Uint8Array[]): Promise<void> {
  const bytes = Buffer.concat(parts)
  if (bytes.length < chunkSize) return respond(request, response, { code: 200, format: 'protobuf', bytes })
  const body = function* () {
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize)
  }
  await stream(request, response, { format: 'protobuf', body: body() })
}

interface Streamed {
  readonly format: 'json' | 'protobuf'
  readonly body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

async function stream(request: IncomingMessage, response: ServerResponse, { format, body }: Streamed): Promise<void> {
  // The deadline has answered already.
  if (response.headersSent || response.destroyed) return
  setHeaders(response, contentTypes[format])
  if (!acceptsGzip(request)) return pipeline(Readable.from(body), response)
  response.setHeader('Content-Encoding', 'gzip')
  response.setHeader('Vary', 'Accept-Encoding')
  await pipeline(Readable.from(body), createGzip({ level: 1 }), response)
}

/** So many bytes are made between two looks at the clock: a piece is often done sooner than it is looked at. */
const stride = 4 * 1024

/** The pieces in larger ones and a line break, in time slices. */
async function* inChunks(pieces: Iterable<Piece>): AsyncGenerator<Buffer, undefined> {
  const slice = new TimeSlice()
  const chunk = new ByteBuilder()
  let looked = 0
  for (const piece of pieces) {
    if (typeof piece === 'string') chunk.text(piece)
    else piece.writeTo(chunk)
    if (chunk.length < looked + stride) continue
    looked = chunk.length
    if (slice.over) await slice.next()
    if (chunk.length < chunkSize) continue
    yield chunk.take()
    looked = 0
  }
  chunk.text('\n')
  yield chunk.take()
  return undefined
}

const acceptsGzip = ({ headers }: IncomingMessage): boolean => /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''))

const longestWarning = 256
const allWarnings = 4096

/** Warning headers in RFC 7234's form, as kubectl prints them; too many or too long ones are cut as upstream cuts them. */
export function setWarnings(response: ServerResponse, warnings: readonly string[]): void {
  if (warnings.length === 0 || response.headersSent) return
  let length = 0
  const headers = [...new Set(warnings)].map(text => `299 - "${escapeWarning(text)}"`)
  const fitting = headers.filter(header => (length += header.length) <= allWarnings)
  response.setHeader('Warning', fitting.length === headers.length ? headers : fitting.map(header => header.slice(0, longestWarning)))
}

const escapeWarning = (text: string): string => text.replace(/[^\x20-\x7e]/g, ' ').replace(/["\\]/g, '\\$&')
