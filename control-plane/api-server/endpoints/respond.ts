import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { stringify } from 'yaml'

const compress = promisify(gzip)

/** Smaller answers are not worth the time. */
const compressFrom = 128 * 1024

export interface Answer {
  readonly code: number
  /** JSON. */
  readonly text: string
  readonly format: 'json' | 'yaml'
  /** Instead of the format's own. */
  readonly contentType?: string
  readonly cacheControl?: string
}

/** Writes one complete answer. */
export async function respond(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  // The deadline has answered already.
  if (response.headersSent || response.destroyed) return
  const { code, text, format, contentType, cacheControl = 'no-cache, private' } = answer
  const body = format === 'yaml' ? stringify(JSON.parse(text), { aliasDuplicateObjects: false }) : `${text}\n`
  response.setHeader('Content-Type', contentType ?? (format === 'yaml' ? 'application/yaml' : 'application/json'))
  response.setHeader('Cache-Control', cacheControl)
  response.statusCode = code
  if (body.length < compressFrom || !/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
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
