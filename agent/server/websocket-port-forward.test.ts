import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Duplex } from 'node:stream'
import { expect, it } from '@jest/globals'
import { WebSocket, WebSocketServer } from 'ws'
import { silentLogger } from '../../common/log.ts'
import { RuntimeError } from '../runtime/runtime.ts'
import { servePortChannels } from './websocket-port-forward.ts'

/** The pod's side of a connection: what it answers to the first thing it hears, after which it has said everything. */
const pod = (answer: (heard: string) => string): Duplex =>
  new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, callback) {
      this.push(answer(chunk.toString()))
      this.push(null)
      callback()
    },
  })

/** A client as libraries are ones: it speaks as soon as it is connected. Resolves to what each channel said until the server closed. */
async function talk(portForward: (sandbox: string, port: number) => Promise<Duplex>, ports: string, say: readonly [number, string][]) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  try {
    await once(server, 'listening')
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const said = new Map<number, Buffer>()
    client.on('message', (message: Buffer) => {
      const channel = message[0] ?? 0
      said.set(channel, Buffer.concat([said.get(channel) ?? Buffer.alloc(0), message.subarray(1)]))
    })
    const closed = once(client, 'close')
    client.on('open', () => {
      for (const [channel, text] of say) client.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]))
    })
    const [socket] = (await once(server, 'connection')) as [WebSocket]
    await servePortChannels(socket, { runtime: { portForward }, log: silentLogger, sandboxId: 's', pod: 'web_default', uid: 'u1' }, [ports])
    await closed
    return Object.fromEntries(
      [...said].map(([channel, bytes]) => [channel, { port: bytes.readUInt16LE(), text: bytes.subarray(2).toString() }]),
    )
  } finally {
    server.close()
  }
}

it('hands on what a client says before there is a connection, and closes when the pod has said everything', async () => {
  const slowly = async () => {
    await new Promise(resolve => setTimeout(resolve, 50))
    return pod(heard => `you said ${heard}`)
  }
  expect(await talk(slowly, '8080', [[0, 'hello']])).toEqual({
    0: { port: 8080, text: 'you said hello' },
    1: { port: 8080, text: '' },
  })
})

it('keeps ports apart, and says of a port why there is no connection', async () => {
  const only = async (_: string, port: number) => {
    if (port === 2) throw new RuntimeError('Unknown', 'connection refused')
    return pod(heard => `${port} heard ${heard}`)
  }
  const said = await talk(only, '1,2,3', [
    [4, 'three'],
    [2, 'two'],
    [0, 'one'],
  ])
  expect(said).toMatchObject({
    0: { port: 1, text: '1 heard one' },
    2: { port: 2, text: '' },
    3: { port: 2, text: 'error forwarding port 2 to pod web_default, uid u1: connection refused' },
    4: { port: 3, text: '3 heard three' },
  })
})
