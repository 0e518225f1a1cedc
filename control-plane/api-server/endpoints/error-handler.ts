import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { ApiError, apiError, type Status } from '../../../api/errors.ts'
import type { Logger } from '../../../common/log.ts'
import { messageOf } from '../../../common/error-message.ts'
import { discardRest } from './body.ts'
import { contentOf } from './body-content.ts'
import { respond, type Content } from './respond.ts'

/** What upstream answers in plain text and not with a Status. */
export class PlainError extends Error {
  override readonly name: string = 'PlainError'
  readonly code: number

  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The path leads nowhere. */
export class PathNotFound extends PlainError {
  override readonly name = 'PathNotFound'

  constructor() {
    super(404, '404 page not found')
  }
}

/** There is too much to do. */
export class TooManyRequests extends PlainError {
  override readonly name = 'TooManyRequests'

  constructor() {
    super(429, 'Too many requests, please try again later.')
  }
}

interface Failed {
  readonly request: IncomingMessage
  readonly error: unknown
  readonly log: Logger
}

/** The Status for any error. What nobody expected is logged with its cause; clients learn no more than that it happened. */
function statusOf({ request, error, log }: Failed): Status {
  if (error instanceof ApiError) return error.status
  log.error('request failed unexpectedly', {
    method: request.method,
    url: request.url,
    error,
    stack: error instanceof Error ? error.stack : undefined,
  })
  return apiError('InternalError', `Internal error occurred: ${messageOf(error)}`).status
}

/** The only place that turns errors into answers. */
export async function answerError(response: ServerResponse, failed: Failed): Promise<void> {
  const { request, error, log } = failed
  if (response.headersSent) {
    // Whole already when its time was over before its work was; or nobody is there any more to be told.
    if (response.writableEnded || response.destroyed) return
    log.warn('an answer that had begun was broken off', { method: request.method, url: request.url, error })
    response.destroy()
    return
  }
  if (error instanceof PlainError) {
    if (error instanceof TooManyRequests) {
      response.setHeader('Retry-After', 1)
      discardRest(request)
    }
    return answerPlainly(response, error.code, `${error.message}\n`)
  }
  const status = statusOf(failed)
  // A client that is still sending reads the answer afterwards, if its connection lasts so long.
  discardRest(request)
  if (status.details?.retryAfterSeconds) response.setHeader('Retry-After', status.details.retryAfterSeconds)
  await respond(request, response, { code: status.code, ...statusContent(request, status) })
}

/** In the form that the client wants; one that wants none there is gets JSON. */
function statusContent(request: IncomingMessage, status: Status): Content {
  try {
    return contentOf(request, status)
  } catch (error) {
    if (error instanceof ApiError) return { format: 'json', text: JSON.stringify(status) }
    throw error
  }
}

function answerPlainly(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' })
  response.end(text)
}

/** The same for a connection that was about to be upgraded: the answer is written by hand, then it closes. */
export function refuseUpgrade(socket: Duplex, failed: Failed): void {
  const plain = failed.error instanceof PlainError ? failed.error : undefined
  const status = plain ? undefined : statusOf(failed)
  const body = status ? JSON.stringify(status) : `${plain?.message}\n`
  const code = plain?.code ?? status?.code ?? 500
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? 'Error'}`,
    `Content-Type: ${status ? 'application/json' : 'text/plain; charset=utf-8'}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
