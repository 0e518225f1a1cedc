import { PassThrough, Writable } from 'node:stream'
import type { WebSocket } from 'ws'
import type { CommandRequest, CommandStreams } from './remote-command.ts'
import { statusText } from './remote-command-status.ts'

/** In the order of preference. The base64 ones are for clients that cannot send bytes. */
export const webSocketCommandProtocols = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
] as const

const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const

/** The streams of a command over one WebSocket, whose errors are its owner's: the first byte of each message says whose it is. */
export function webSocketCommandStreams(socket: WebSocket, request: CommandRequest, protocol: string): CommandStreams {
  const base64 = protocol.includes('base64')
  const send = (channel: number, data: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      const message = base64 ? String(channel) + data.toString('base64') : Buffer.concat([Buffer.of(channel), data])
      socket.send(message, error => (error ? reject(error) : resolve()))
    })
  const output = (channel: number): Writable =>
    new Writable({ write: (chunk: Buffer, _encoding, callback) => void send(channel, chunk).then(() => callback(), callback) })
      // Its client has gone while the command was still writing.
      .on('error', () => socket.terminate())

  const stdin = request.stdin ? new PassThrough() : undefined
  const resize = request.tty ? new PassThrough() : undefined
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  // A client that vanishes ends the command's input, too.
  socket.once('close', () => stdin?.end())
  socket.on('message', (message: Buffer, isBinary: boolean) => {
    const { channel, data } = decode(message, base64 && !isBinary)
    if (channel === channels.close && data[0] === channels.stdin) stdin?.end()
    if (channel === channels.resize) resize?.write(data)
    if (channel !== channels.stdin || !stdin || stdin.writableEnded) return
    // The socket is read no further until the command has taken its input.
    if (!stdin.write(data)) {
      socket.pause()
      stdin.once('drain', () => socket.resume())
    }
  })
  const [stdout, stderr] = [request.stdout ? output(channels.stdout) : undefined, request.stderr ? output(channels.stderr) : undefined]
  // Upstream's sign that the streams are there: an empty message on the first channel that the client reads.
  const first = stdout ? channels.stdout : stderr ? channels.stderr : channels.error
  send(first, Buffer.alloc(0)).catch(() => socket.terminate())
  return {
    closed,
    ...(stdin ? { stdin } : {}),
    ...(stdout ? { stdout } : {}),
    ...(stderr ? { stderr } : {}),
    ...(resize ? { resize } : {}),
    finish: async status => {
      if (socket.readyState !== socket.OPEN) return
      const text = statusText(status, protocol)
      if (text !== '') await send(channels.error, Buffer.from(text))
      socket.close(1000)
    },
  }
}

function decode(message: Buffer, base64: boolean): { channel: number; data: Buffer } {
  if (!base64) return { channel: message[0] ?? -1, data: message.subarray(1) }
  return { channel: (message[0] ?? 0) - 0x30, data: Buffer.from(message.subarray(1).toString(), 'base64') }
}
