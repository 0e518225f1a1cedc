import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:tls'
import { describe, expect, it } from '@jest/globals'
import { PriorityAndFairness } from './flow-control/flow-control.ts'
import { startApiServer } from './testing.ts'

type Server = Awaited<ReturnType<typeof startApiServer>>
const maps = '/api/v1/namespaces/default/configmaps'

/** A request whose body never ends. */
function stuck({ port, ca }: Server) {
  const headers = { 'content-type': 'application/json', 'content-length': 100 }
  const outgoing = httpsRequest({ port, host: '127.0.0.1', method: 'POST', path: maps, ca: ca.cert, headers })
  outgoing.on('error', () => undefined)
  outgoing.write('{')
  return outgoing
}
const person = { authenticate: async () => ({ name: 'a', groups: ['system:authenticated'] }) }

describe('request limits', () => {
  it('answers 504 when a request takes too long, by the query or by itself', async () => {
    await using server = await startApiServer({ requestTimeout: 300 })
    const outgoing = stuck(server)
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(504)
    let text = ''
    for await (const chunk of response) text += String(chunk)
    expect(JSON.parse(text)).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Timeout: request did not complete within the allotted timeout',
      reason: 'Timeout',
      details: {},
      code: 504,
    })
    outgoing.destroy()
    const wrong = await server.call('GET', `${maps}?timeout=soon`)
    expect(wrong.body['message']).toBe('invalid timeout specified in the request URL - time: invalid duration "soon"')
    expect((await server.call('GET', `${maps}?timeout=30s`)).status).toBe(200)
  })

  it('does not end watches with it', async () => {
    await using server = await startApiServer({ requestTimeout: 50 })
    const events = server.watch(`${maps}?watch=1`)
    const first = events.next()
    await new Promise(resolve => setTimeout(resolve, 300))
    await server.call('POST', maps, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late' } } })
    expect((await first).value).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'late' } } })
    await events.return(undefined)
  })

  it('answers 429 when there is too much to do, and serves again when there is not', async () => {
    const flowControl = new PriorityAndFairness({ seats: 1, longestWait: 100 })
    await using server = await startApiServer({ authenticator: person, flowControl })
    const outgoing = stuck(server)
    const level = () => [...flowControl.levels].find(({ name }) => name === 'global-default')
    while (level()?.executing !== 1) await new Promise(resolve => setTimeout(resolve, 10))
    const refused = await server.call('GET', maps)
    expect(refused).toMatchObject({ status: 429, text: 'Too many requests, please try again later.\n', headers: { 'retry-after': '1' } })
    outgoing.destroy()
    while (level()?.executing !== 0) await new Promise(resolve => setTimeout(resolve, 10))
    expect((await server.call('GET', maps)).status).toBe(200)
    // Watches take a seat only until they have begun.
    const events = server.watch(`${maps}?watch=1`)
    const first = events.next()
    while ((level()?.dispatched ?? 0) < 3) await new Promise(resolve => setTimeout(resolve, 10))
    const created = await server.call('POST', maps, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } } })
    expect(created.status).toBe(201)
    await first
    await events.return(undefined)
  })

  it('refuses bodies, headers and nesting beyond bounds, and goes on', async () => {
    await using server = await startApiServer()
    const large = await server.call('POST', maps, { body: 'x'.repeat(3 * 1024 * 1024 + 1) })
    expect(large).toMatchObject({ status: 413, body: { message: 'Request entity too large: limit is 3145728' } })
    expect((await server.call('GET', maps, { headers: { 'x-long': 'x'.repeat(1024 * 1024) } })).status).toBe(431)
    expect((await server.call('GET', maps, { headers: { 'x-long': 'x'.repeat(100_000) } })).status).toBe(200)
    for (const contentType of ['application/json', 'application/yaml']) {
      const deep = await server.call('POST', maps, {
        body: `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
        headers: { 'content-type': contentType },
      })
      expect([contentType, deep.status]).toEqual([contentType, 400])
    }
  })

  it('gives the seat back of a client that goes away while it waits', async () => {
    const flowControl = new PriorityAndFairness({ seats: 1 })
    await using server = await startApiServer({ authenticator: person, flowControl })
    const level = () => [...flowControl.levels].find(({ name }) => name === 'global-default')
    const first = stuck(server)
    while (level()?.executing !== 1) await new Promise(resolve => setTimeout(resolve, 10))
    const second = stuck(server)
    while (level()?.waiting !== 1) await new Promise(resolve => setTimeout(resolve, 10))
    second.destroy()
    while (level()?.waiting !== 0) await new Promise(resolve => setTimeout(resolve, 10))
    first.destroy()
    while (level()?.executing !== 0) await new Promise(resolve => setTimeout(resolve, 10))
    expect(level()?.rejected.cancelled).toBe(1)
  })

  it('lets nobody wait for one who only opens connections', async () => {
    await using server = await startApiServer()
    const sockets = Array.from({ length: 50 }, () => connect({ port: server.port, host: '127.0.0.1', ca: server.ca.cert }))
    await Promise.all(sockets.map(socket => once(socket, 'secureConnect')))
    for (const socket of sockets) socket.write('GET / HTTP/1.1\r\nHost: x\r\n')
    expect((await server.call('GET', maps)).status).toBe(200)
    for (const socket of sockets) socket.destroy()
  })
})
