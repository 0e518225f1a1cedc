import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { RuntimeError } from '../runtime/runtime.ts'
import { HttpError } from './http-error.ts'
import { forwardingError, type PortForwardTarget } from './port-forward.ts'

/** The older way, which client libraries use: the ports are in the query, each has a data and an error channel. */
export const webSocketPortProtocols = ['v4.channel.k8s.io', 'channel.k8s.io'] as const

/** Serves until the client is gone, or the pod has said everything on every port. */
export async function servePortChannels(socket: WebSocket, target: PortForwardTarget, query: readonly string[]): Promise<void> {
  const ports = query.flatMap(value => value.split(',')).map(Number)
  if (ports.length === 0 || ports.some(port => !(port > 0 && port < 65536))) {
    socket.close(1008)
    throw new HttpError(400, 'query parameter "port" is required')
  }
  const closed = new Promise(resolve => socket.once('close', resolve))
  // Clients speak as soon as they are accepted: what they say waits until there is a connection to say it on.
  socket.pause()
  const inside = await Promise.all(ports.map((port, index) => open(socket, target, { port, index })))
  socket.on('message', (message: Buffer) => {
    const connection = inside[(message[0] ?? 0) / 2]
    if (connection && !connection.destroyed && !connection.write(message.subarray(1))) socket.pause()
  })
  socket.resume()
  await Promise.race([closed, Promise.all(inside.map(ended))])
  for (const connection of inside) connection?.destroy()
  socket.close()
}

/** The pod's side of a connection has said everything; one that could not be made has nothing to say. */
const ended = (connection: Duplex | undefined): Promise<void> =>
  new Promise(resolve => {
    if (!connection || connection.destroyed || connection.readableEnded) resolve()
    else connection.once('end', resolve).once('close', resolve)
  })

/** Both channels begin with the port's number, low byte first. */
async function open(
  socket: WebSocket,
  target: PortForwardTarget,
  { port, index }: { port: number; index: number },
): Promise<Duplex | undefined> {
  const [data, error] = [2 * index, 2 * index + 1]
  const number = Buffer.of(port & 0xff, port >> 8)
  const send = (channel: number, bytes: Buffer) => socket.send(Buffer.concat([Buffer.of(channel), bytes]))
  send(data, number)
  send(error, number)
  const failed = (cause: unknown) => {
    if (cause instanceof RuntimeError) send(error, Buffer.from(forwardingError(target, port, cause)))
    else target.log.debug('a forwarded connection broke', { port, error: cause })
  }
  try {
    const connection = await target.runtime.portForward(target.sandboxId, port)
    connection.on('error', failed)
    // Whether it has taken what waited, or will take nothing any more.
    connection.on('drain', () => socket.resume()).on('close', () => socket.resume())
    connection.on('data', (chunk: Buffer) => {
      connection.pause()
      socket.send(Buffer.concat([Buffer.of(data), chunk]), () => connection.resume())
    })
    return connection
  } catch (cause) {
    failed(cause)
    return undefined
  }
}
