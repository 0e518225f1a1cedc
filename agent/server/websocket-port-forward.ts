import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { RuntimeError } from '../runtime/runtime.ts'
import { HttpError } from './http-error.ts'
import { forwardingError, type PortForwardTarget } from './port-forward.ts'

/** The older way, which client libraries use: the ports are in the query, each has a data and an error channel. */
export const webSocketPortProtocols = ['v4.channel.k8s.io', 'channel.k8s.io'] as const

export async function servePortChannels(socket: WebSocket, target: PortForwardTarget, query: readonly string[]): Promise<void> {
  const ports = query.flatMap(value => value.split(',')).map(Number)
  if (ports.length === 0 || ports.some(port => !(port > 0 && port < 65536))) {
    socket.close(1008)
    throw new HttpError(400, 'query parameter "port" is required')
  }
  const closed = new Promise(resolve => socket.once('close', resolve))
  const inside = await Promise.all(ports.map((port, index) => open(socket, target, { port, index })))
  socket.on('message', (message: Buffer) => {
    const connection = inside[(message[0] ?? 0) / 2]
    if (!connection || connection.destroyed || connection.write(message.subarray(1))) return
    socket.pause()
    connection.once('drain', () => socket.resume())
  })
  await closed
  for (const connection of inside) connection?.destroy()
}

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
