import { messageOf } from '../../common/error-message.ts'

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
}
const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** What a server says to a client that wants TLS of it and does not get it. */
export const plainServer = 'http: server gave HTTP response to HTTPS client'

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
  if (code && (code in words || code === 'ENOTFOUND' || code === 'EAI_AGAIN')) return dialError(host, port, error)
  if (code === 'ECONNRESET')
    return messageOf(error).endsWith('socket hang up') ? 'EOF' : `read tcp ${host}:${port}: read: connection reset by peer`
  if (/wrong version number|packet length too long/.test(messageOf(error))) return plainServer
  if (code?.startsWith('HPE_')) return `net/http: HTTP/1.x transport connection broken: malformed HTTP response ${firstLine(error)}`
  return messageOf(error)
}

const firstLine = (error: unknown): string =>
  JSON.stringify(
    typeof error === 'object' && error !== null && 'rawPacket' in error ? (String(error.rawPacket).split(/\r?\n/)[0] ?? '') : '',
  )
