import { messageOf } from '../../common/error-message.ts'
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
}
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** A failed connection as Go's net package words it: `dial tcp 10.0.0.1:80: connect: connection refused`. */
export function dialError(host: string, port: number, error: unknown): string {
  const code = codeOf(error)
  const text = messageOf(error)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `dial tcp: lookup ${host}: no such host`
  return `dial tcp ${host}:${port}: ${(code && words[code]) ?? text}`
}

/** What went wrong with an HTTP request, as Go's client words it. */
export function requestError(host: string, port: number, error: unknown): string {
  const code = codeOf(error)
  if (code === 'ABORT_ERR') return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
  if (code && code in words) return dialError(host, port, error)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return dialError(host, port, error)
  if (code === 'ECONNRESET')
    return error instanceof Error && error.message === 'socket hang up' ? 'EOF' : `read tcp ${host}:${port}: read: connection reset by peer`
  return messageOf(error)
}
