import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { expect, it } from '@jest/globals'
import { silentLogger } from '../../common/log.ts'
import { RuntimeError } from '../runtime/runtime.ts'
import { servePortForward } from './port-forward.ts'
import { controlFrame, dataFrame, finFlag, frameTypes, numbers, readSpdyFrames } from './spdy-frames.ts'
import { HeaderWriter } from './spdy-headers.ts'

interface Ended {
  /** What came on the data and on the error stream until each ended. */
  readonly data: string
  readonly error: string
}

/** A client as kubectl is one: for each connection an error stream, which it closes at once, then a data stream. */
async function startClient(inside: () => Duplex) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client: Socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', noDelay: true })
  const [connection] = (await once(server, 'connection')) as [Socket]
  connection.setNoDelay(true)
  const runtime = { portForward: () => Promise.resolve(inside()) }
  const served = servePortForward(connection, { runtime, log: silentLogger, sandboxId: 's', pod: 'web_default', uid: 'u1' })
  const headers = new HeaderWriter()
  const said = new Map<number, string>()
  const ended = new Map<number, () => void>()
  const read = (async () => {
    for await (const frame of readSpdyFrames(client)) {
      if (frame.control) continue
      said.set(frame.streamId, (said.get(frame.streamId) ?? '') + frame.body.toString())
      if (frame.flags & finFlag) ended.get(frame.streamId)?.()
    }
  })()
  let next = 1
  const open = async (streamtype: string, requestid: number, flags = 0) => {
    const id = next
    next += 2
    const block = await headers.write({ streamtype, port: '8080', requestid: String(requestid) })
    const end = new Promise<void>(resolve => ended.set(id, resolve))
    client.write(controlFrame(frameTypes.synStream, Buffer.concat([numbers(id, 0), Buffer.alloc(2), block])))
    if (flags) client.write(dataFrame(id, Buffer.alloc(0), flags))
    return { id, end }
  }
  return {
    /** Says something and waits for the pod's end without ending its own half before. */
    async speak(text: string): Promise<Ended> {
      const error = await open('error', next, finFlag)
      const data = await open('data', next - 2)
      client.write(dataFrame(data.id, Buffer.from(text)))
      await Promise.all([data.end, error.end])
      client.write(dataFrame(data.id, Buffer.alloc(0), finFlag))
      return { data: said.get(data.id) ?? '', error: said.get(error.id) ?? '' }
    },
    async [Symbol.asyncDispose]() {
      client.destroy()
      await Promise.allSettled([read, served])
      headers.close()
      server.close()
    },
  }
}

/** The pod's side of a connection: what it does with the first thing it hears. */
const pod = (heard: (connection: Duplex) => void): Duplex =>
  new Duplex({
    read: () => undefined,
    write(_chunk, _encoding, callback) {
      heard(this)
      callback()
    },
  })

it('ends a connection that the pod closes first, though the client keeps its half open', async () => {
  await using client = await startClient(() => pod(connection => (connection.push('bye'), connection.push(null))))
  expect(await client.speak('hello')).toEqual({ data: 'bye', error: '' })
})

it('says nothing of a connection that breaks: kubectl would stop forwarding altogether', async () => {
  const causes = ['read ECONNRESET', 'write EPIPE', 'nc: short write', 'Cannot call end after a stream was destroyed']
  await using client = await startClient(() => pod(connection => connection.destroy(new Error(causes.shift()))))
  for (let left = causes.length; left > 0; left--) expect(await client.speak('hello')).toEqual({ data: '', error: '' })
})

it('says why a connection could not be made', async () => {
  const refused = new RuntimeError('Unknown', 'connect: connection refused')
  await using client = await startClient(() => pod(connection => connection.destroy(refused)))
  expect((await client.speak('hello')).error).toBe('error forwarding port 8080 to pod web_default, uid u1: connect: connection refused')
})

it('forwards any number of connections one after the other', async () => {
  await using client = await startClient(() => pod(connection => (connection.push('bye'), connection.push(null))))
  for (let count = 0; count < 1_200; count++) expect((await client.speak('hello')).data).toBe('bye')
}, 30_000)
