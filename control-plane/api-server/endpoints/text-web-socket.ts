import type { IncomingMessage } from 'node:http'
import type { Duplex, Readable } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { PlainError } from './error-handler.ts'

/** How a client may have the bytes; one that names no protocol gets them as they are. */
const protocols = ['binary.k8s.io', 'base64.binary.k8s.io']
/** Clients have nothing to say here. */
const longestMessage = 64 * 1024

const offeredBy = ({ headers }: IncomingMessage): string[] =>
  (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map(protocol => protocol.trim())
    .filter(protocol => protocol !== '')

/** Throws before anything is answered when a client wants none of the protocols that there are. */
export function requireTextProtocol(request: IncomingMessage): void {
  const offered = offeredBy(request)
  if (offered.length > 0 && !offered.some(protocol => protocols.includes(protocol)))
    throw new PlainError(403, `requested protocol(s) are not supported: [${offered.join(' ')}]; supports [${protocols.join(' ')}]`)
}

/**
 * What an ordinary answer would say, as messages of a WebSocket that is closed at its end: upstream's wsstream.Reader. The first
 * message is empty and says that the connection stands. The text is read no faster than the client takes it.
 */
export function sendOverWebSocket(request: IncomingMessage, { socket, head }: { socket: Duplex; head: Buffer }, text: Readable): void {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: longestMessage,
    handleProtocols: offered => [...offered].find(protocol => protocols.includes(protocol)) ?? false,
  })
  // Its client has gone away while the text was asked for.
  if (socket.destroyed) {
    text.destroy()
    return
  }
  // A bad handshake is answered by the library, which then closes the connection; so does a client that has seen enough.
  socket.once('close', () => text.destroy())
  server.handleUpgrade(request, socket, head, accepted => {
    accepted.on('error', () => accepted.terminate())
    send(accepted, text).then(
      () => accepted.close(1000),
      () => accepted.terminate(),
    )
  })
}

async function send(webSocket: WebSocket, text: Readable): Promise<void> {
  const base64 = webSocket.protocol === 'base64.binary.k8s.io'
  const message = (data: Buffer) =>
    new Promise<void>((resolve, reject) => {
      webSocket.send(base64 ? data.toString('base64') : data, error => (error ? reject(error) : resolve()))
    })
  await message(Buffer.alloc(0))
  for await (const chunk of text) await message(chunk as Buffer)
}
