import { promisify } from 'node:util'
import { createGzip, gzip } from 'node:zlib'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stringify } from 'yaml'
import { protobufMediaType } from '../../../api/protobuf/envelope.ts'
import { TimeSlice } from '../../../common/time-slice.ts'

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
  // The deadline has answered already.
  if (response.headersSent || response.destroyed) return
  const { code, format, contentType, cacheControl = 'no-cache, private' } = answer
  const body = bodyOf(answer)
  response.setHeader('Content-Type', contentType ?? contentTypes[format])
  response.setHeader('Cache-Control', cacheControl)
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

/** So much of a long answer is made at a time. */
const pieceSize = 256 * 1024

/** Writes an answer that may be long: what is longer than one piece goes out as it is made, as fast as the client reads. */
export async function respondInPieces(
  request: IncomingMessage,
  response: ServerResponse,
  { pieces, format }: { readonly pieces: Iterable<string>; readonly format: 'json' | 'yaml' },
): Promise<void> {
  const chunks = inChunks(pieces)
  const first = await chunks.next()
  const second = await chunks.next()
  if (format === 'yaml' || second.done) {
    let text = first.value ?? ''
    for (let next = second; !next.done; next = await chunks.next()) text += next.value
    return respond(request, response, { code: 200, text, format })
  }
  const body = async function* () {
    yield Buffer.from(`${first.value ?? ''}${second.value}`)
    for await (const chunk of chunks) yield Buffer.from(chunk)
    yield Buffer.from('\n')
  }
  await stream(request, response, { format, body: body() })
}

/** Writes an answer in protobuf that may be long, as fast as the client reads. */
export async function respondWithBytes(request: IncomingMessage, response: ServerResponse, parts: readonly Uint8Array[]): Promise<void> {
  const bytes = Buffer.concat(parts)
  if (bytes.length < pieceSize) return respond(request, response, { code: 200, format: 'protobuf', bytes })
  const body = function* () {
    for (let at = 0; at < bytes.length; at += pieceSize) yield bytes.subarray(at, at + pieceSize)
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
  response.setHeader('Content-Type', contentTypes[format])
  response.setHeader('Cache-Control', 'no-cache, private')
  if (!acceptsGzip(request)) return pipeline(Readable.from(body), response)
  response.setHeader('Content-Encoding', 'gzip')
  response.setHeader('Vary', 'Accept-Encoding')
  await pipeline(Readable.from(body), createGzip({ level: 1 }), response)
}

/** The same texts in larger ones, in time slices. */
async function* inChunks(pieces: Iterable<string>): AsyncGenerator<string, undefined> {
  const slice = new TimeSlice()
  let texts: string[] = []
  let size = 0
  for (const piece of pieces) {
    texts.push(piece)
    size += piece.length
    if (size >= pieceSize) {
      yield texts.join('')
      texts = []
      size = 0
    }
    if (slice.over) await slice.next()
  }
  yield texts.join('')
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
