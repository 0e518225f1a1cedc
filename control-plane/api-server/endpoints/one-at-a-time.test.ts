import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from '@jest/globals'
import { eventually } from '../../../test/support/eventually.ts'
import { oneAtATime } from './one-at-a-time.ts'

/** A client of a server that answers when it is told to. */
async function start() {
  const begun: { readonly path: string; readonly response: ServerResponse }[] = []
  const server = createServer(oneAtATime((request, response) => void begun.push({ path: request.url ?? '', response })))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const clients: Socket[] = []
  const dial = () => {
    const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' }).on('error', () => undefined)
    clients.push(client)
    return client
  }
  const close = () => {
    for (const client of clients) client.destroy()
    server.closeAllConnections()
    server.close()
  }
  return { begun, dial, [Symbol.dispose]: close }
}
const asking = (...paths: string[]) => paths.map(path => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join('')

describe('oneAtATime', () => {
  it('begins a request when the one before it has been answered', async () => {
    using server = await start()
    const client = server.dial()
    client.write(asking('/1', '/2', '/3'))
    for (const [index, path] of ['/1', '/2', '/3'].entries()) {
      await eventually(async () => server.begun.length === index + 1, { what: path })
      expect(server.begun[index]?.path).toBe(path)
      server.begun[index]?.response.end(`answer to ${path}.`)
    }
    client.end()
    expect(await text(client)).toMatch(/answer to \/1\.[^]*answer to \/2\.[^]*answer to \/3\./)
  })

  it('serves connections side by side', async () => {
    using server = await start()
    for (const path of ['/a', '/b']) server.dial().write(asking(path))
    await eventually(async () => server.begun.length === 2, { what: 'both' })
  })

  it('forgets what waits when the client goes', async () => {
    using server = await start()
    const client = server.dial()
    client.write(asking('/1', '/2'))
    await eventually(async () => server.begun.length === 1, { what: 'the first' })
    const gone = once(server.begun[0]?.response ?? client, 'close')
    client.destroy()
    await gone
    expect(server.begun).toHaveLength(1)
  })

  it('cuts off who sends on and on', async () => {
    using server = await start()
    const client = server.dial()
    client.resume()
    client.write(asking(...Array.from({ length: 200 }, (_, index) => `/${index}`)))
    await once(client, 'close')
    expect(server.begun).toHaveLength(1)
  })
})
