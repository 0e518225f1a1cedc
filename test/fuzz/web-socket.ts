import { once } from 'node:events'
import { connect } from 'node:tls'
import { WebSocket } from 'ws'
import { startAgentServer } from '../../agent/server/testing.ts'
import { mutateBytes, pick, type Random } from './generators.ts'
import { endsInTime } from './ends-in-time.ts'

export interface WebSocketFuzz extends AsyncDisposable {
  /** Sends nonsense over a connection of its own, which then ends; what was wrong otherwise. */
  readonly once: (random: Random) => Promise<string | undefined>
  /** What was wrong with a connection that was open all the time, and behaved. */
  readonly bystander: () => Promise<string | undefined>
}

const exec = '/exec/default/web/main?input=1&output=1&command=cat'
const ways = [
  { path: `${exec}&tty=1`, protocol: 'v5.channel.k8s.io' },
  { path: `${exec}&error=1`, protocol: 'base64.channel.k8s.io' },
  { path: '/portForward/default/web?ports=8080', protocol: 'v4.channel.k8s.io' },
  { path: '/portForward/default/web', protocol: 'SPDY/3.1+portforward.k8s.io' },
] as const

/** A client's frame, masked with nothing. */
const frame = (opcode: number, ...data: (number | string)[]) => {
  const body = Buffer.concat(data.map(part => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))))
  return Buffer.concat([Buffer.of(0x80 | opcode, 0x80 | body.length, 0, 0, 0, 0), body])
}
const frames = Buffer.concat([
  frame(2, 0, 'input'),
  frame(1, '0aW5wdXQ='),
  frame(2, 4, '{"Width":80,"Height":24}'),
  frame(9, 'ping'),
  frame(2, 255, 0),
  frame(8, 0x03, 0xe8),
])
const asking = ({ path, protocol }: (typeof ways)[number]) =>
  `GET ${path} HTTP/1.1\r\nHost: fuzz\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
  `Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`

/** A real agent's server on a simulated runtime, for frames that are none. */
export async function startWebSocketFuzz(): Promise<WebSocketFuzz> {
  const server = await startAgentServer()
  const access = { ca: server.authority.cert, ...server.client, host: '127.0.0.1', port: server.port }
  const good = new WebSocket(`wss://127.0.0.1:${server.port}${exec}`, 'v5.channel.k8s.io', access)
  await once(good, 'open')
  return {
    once: async random => {
      const input = Buffer.concat([Buffer.from(asking(pick(random, ways))), mutateBytes(frames, random)])
      const socket = connect(access)
      socket.on('error', () => undefined).resume()
      const closed = once(socket, 'close').then(() => undefined)
      socket.end(input)
      const outcome = await endsInTime(closed)
      socket.destroy()
      return outcome && `WebSocket: ${input.toString('latin1')} → ${outcome}`
    },
    bystander: async () => {
      if (good.readyState !== good.OPEN) return 'a WebSocket that behaves was ended by others'
      const said: string[] = []
      good.on('message', message => said.push((message as Buffer).toString()))
      good.send(Buffer.from('\0still here'))
      good.send(Buffer.of(255, 0))
      const outcome = await endsInTime(once(good, 'close').then(() => undefined))
      return outcome ?? (said.includes('\u0001still here') ? undefined : `a WebSocket that behaves was told ${said.join()}`)
    },
    [Symbol.asyncDispose]: async () => {
      good.terminate()
      await server.stop()
    },
  }
}
