import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError } from '../../../api/errors.ts'
import type { RequestAudit } from '../interfaces.ts'
import { PlainError } from './error-handler.ts'

const longestId = 64

/** What ties a request, its answer and the log together: the client's own word for it, or a new one (upstream's WithAuditInit). */
export const auditIdOf = ({ headers }: Pick<IncomingMessage, 'headers'>): string =>
  String(headers['audit-id'] ?? '').slice(0, longestId) || randomUUID()

/** Writes down how the answer goes: where it is a stream its beginning too. */
export function followResponse(audit: RequestAudit, response: ServerResponse, longRunning: boolean): void {
  if (longRunning) {
    const { writeHead } = response
    let started = false
    // Node tells nobody that headers go out.
    response.writeHead = ((code: number, ...rest: []) => {
      if (!started) audit.starts(code)
      started = true
      return writeHead.call(response, code, ...rest)
    }) as ServerResponse['writeHead']
  }
  response.once('close', () => audit.ends(response.headersSent ? response.statusCode : undefined))
}

/** Writes down why there is no other answer than an error. */
export function noteFailure(audit: RequestAudit, error: unknown): void {
  if (error instanceof ApiError) {
    audit.answersStatus(error.status)
    audit.answers(JSON.stringify(error.status))
  } else if (!(error instanceof PlainError)) audit.fails(error)
}
