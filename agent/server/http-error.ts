import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { messageOf } from '../../common/error-message.ts'

/** A request that is answered with a code and, as kubelet does, a plain sentence. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly code: number

  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export const toHttpError = (error: unknown): HttpError =>
  error instanceof HttpError ? error : new HttpError(500, messageOf(error), { cause: error })

export function respondWithError(response: ServerResponse, error: unknown): void {
  const { code, message } = toHttpError(error)
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' })
  response.end(`${message}\n`)
}

/** The answer to a request that asked to leave HTTP. */
export function refuseUpgrade(socket: Duplex, error: unknown): void {
  const { code, message } = toHttpError(error)
  const body = `${message}\n`
  socket.end(
    `HTTP/1.1 ${code} Refused\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
