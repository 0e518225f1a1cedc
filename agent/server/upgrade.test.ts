import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { WebSocket } from 'ws'
import { HeaderWriter } from './spdy-headers.ts'
import { controlFrame, frameTypes, numbers } from './spdy-frames.ts'
import { startAgentServer, type AgentServerForTests } from './testing.ts'

const path = '/exec/default/web/main?input=1&output=1&tty=1&command=cat'

/** The request and the frames that come with it, as one write. */
const asking = (headers: string, ...frames: Buffer[]) =>
  Buffer.concat([Buffer.from(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n${headers}\r\n\r\n`), ...frames])
const key = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13'
const webSocket = `Upgrade: websocket\r\n${key}\r\nSec-WebSocket-Protocol: v5.channel.k8s.io`
const spdy = 'Upgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io'
/** A client's frame of binary data, masked with nothing. */
const frame = (channel: number, data: string) =>
  Buffer.concat([Buffer.of(0x82, 0x80 | (data.length + 1), 0, 0, 0, 0, channel), Buffer.from(data)])

describe('a connection that breaks the rules', () => {
  let server: AgentServerForTests
  let dial: () => TLSSocket
  let good: WebSocket
  beforeAll(async () => {
    server = await startAgentServer()
    const tls = { ca: server.authority.cert, ...server.client }
    dial = () => connect({ port: server.port, host: '127.0.0.1', ...tls })
    good = new WebSocket(`wss://127.0.0.1:${server.port}${path.replace('&tty=1', '')}`, 'v5.channel.k8s.io', tls)
    await once(good, 'open')
  })
  afterAll(async () => {
    good.terminate()
    await server.stop()
  })

  const brokenHeaders = () => {
    const opening = Buffer.concat([numbers(1, 0), Buffer.alloc(2), Buffer.from('garbage')])
    return controlFrame(frameTypes.synStream, opening)
  }
  const cutOffHeaders = async () => {
    const writer = new HeaderWriter()
    const block = await writer.write({ streamtype: 'stdin' })
    writer.close()
    return controlFrame(frameTypes.synStream, Buffer.concat([numbers(1, 0), Buffer.alloc(2), block.subarray(0, 10)]))
  }
  const cases: Record<string, () => Promise<Buffer>> = {
    'a WebSocket frame with bits that mean nothing': async () => asking(webSocket, Buffer.of(0xff, 0xff, 0xff, 0xff, 0xff)),
    'a WebSocket message that is too large': async () => asking(webSocket, Buffer.of(0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)),
    'a WebSocket handshake without its version': async () => asking('Upgrade: websocket'),
    'SPDY headers that are not compressed': async () => asking(spdy, brokenHeaders()),
    'SPDY headers that are cut off': async () => asking(spdy, await cutOffHeaders()),
    'a SPDY frame that is cut off': async () => asking(spdy, controlFrame(frameTypes.rstStream, Buffer.alloc(1))),
  }
  for (const [name, bytes] of Object.entries(cases)) {
    it(`is ended by ${name}`, async () => {
      const socket = dial()
      socket.write(await bytes())
      expect(await text(socket)).toMatch(/^HTTP\/1.1 (101|400) /)
    })
  }

  it('has no use for a terminal size that is none, and goes on', async () => {
    const socket = dial()
    const sizes = ['{"Width":{', '}}', '{"Width":1,"Height":"x"}'].map(size => frame(4, size))
    socket.write(asking(webSocket, ...sizes, frame(0, 'hello'), frame(255, '\0')))
    let answer = ''
    for await (const chunk of socket) if ((answer += String(chunk)).includes('hello')) break
    expect(answer).toContain('hello')
  })

  it('leaves the others alone', async () => {
    const answers: string[] = []
    good.on('message', message => answers.push((message as Buffer).toString()))
    good.send(Buffer.from('\0still here'))
    good.send(Buffer.of(255, 0))
    await once(good, 'close')
    expect(answers).toContain('\u0001still here')
  })
})
