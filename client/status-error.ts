import { ApiError, httpCodes, type Reason, type Status } from '../api/errors.ts'

/** The server could not be reached, or the connection broke before the answer was complete. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
}

const isStatus = (body: unknown): body is Status =>
  typeof body === 'object' && body !== null && (body as { kind?: unknown }).kind === 'Status' && 'status' in body

const reasonOf = (code: number): Reason | undefined =>
  Object.entries(httpCodes).find(([, each]) => each === code)?.[0] as Reason | undefined

/** The error that an answer with a code above 399 stands for; answers of something else than an API server get a Status of their own. */
export function errorOfResponse(code: number, body: string): ApiError {
  const parsed = parseJson(body)
  if (isStatus(parsed)) return new ApiError({ ...parsed, code: parsed.code ?? code })
  const reason = reasonOf(code)
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: body.trim().slice(0, 1000) || `the server answered with HTTP ${code}`,
    ...(reason ? { reason } : {}),
    code,
  })
}

/** The error that an ERROR event of a watch carries. */
export const errorOfEvent = (object: unknown): ApiError =>
  isStatus(object) ? new ApiError(object) : errorOfResponse(500, JSON.stringify(object))

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Proxies and crashed servers answer with plain text: the caller makes a Status of it.
    return undefined
  }
}
