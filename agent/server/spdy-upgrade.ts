import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { HttpError } from './http-error.ts'

const versionHeader = 'x-stream-protocol-version'

export const wantsSpdy = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === 'spdy/3.1'

/** Switches the connection to SPDY/3.1, speaking the first of `supported` that the client offers. */
export function acceptSpdy(request: IncomingMessage, socket: Duplex, supported: readonly string[]): string {
  const offered = [request.headers[versionHeader] ?? []].flat().flatMap(value => value.split(',').map(part => part.trim()))
  const protocol = supported.find(candidate => offered.includes(candidate))
  if (!protocol) {
    throw new HttpError(
      403,
      `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${supported.join(' ')}]`,
    )
  }
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  )
  return protocol
}
