import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { describe, expect, it } from '@jest/globals'
import { WebSocket } from 'ws'
import { createAuthority, issueCertificate } from '../../../common/certificates.ts'
import { startApiServer } from '../testing.ts'

/** An agent that says what it was asked; upgraded connections echo. */
async function startAgent(name: string) {
  const ca = await createAuthority('test')
  const serving = await issueCertificate(ca, { commonName: name, organizations: ['system:nodes'], usages: ['server'] })
  const client = await issueCertificate(ca, { commonName: 'kube-apiserver-kubelet-client', usages: ['client'] })
  const agent = createServer({ ...serving, ca: ca.cert, requestCert: true }, (request, response) => {
    if (request.url?.includes('previous=true')) response.writeHead(400).end('previous terminated container "a" in pod "two" not found\n')
    else response.end(`${request.method} ${request.url}\n`)
  })
  agent.on('upgrade', (request, socket) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\nX-Url: ${request.url}\r\n\r\n`,
    )
    socket.pipe(socket)
  })
  agent.listen(0, '127.0.0.1')
  await once(agent, 'listening')
  const server = await startApiServer({ kubeletClient: { ...client, ca: ca.cert } })
  const node = {
    metadata: { name: 'n1' },
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: (agent.address() as AddressInfo).port } },
    },
  }
  await server.call('POST', '/api/v1/nodes', { body: { metadata: node.metadata } })
  const patched = await server.call('PATCH', '/api/v1/nodes/n1/status', {
    body: { status: node.status },
    headers: { 'Content-Type': 'application/merge-patch+json' },
  })
  expect(patched.status).toBe(200)
  const containers = [
    { name: 'a', image: 'busybox' },
    { name: 'b', image: 'busybox' },
  ]
  await server.call('POST', '/api/v1/namespaces/default/pods', {
    body: { metadata: { name: 'two' }, spec: { nodeName: 'n1', containers } },
  })
  return {
    server,
    async [Symbol.asyncDispose](): Promise<void> {
      await server[Symbol.asyncDispose]()
      agent.closeAllConnections()
      agent.close()
    },
  }
}

const pod = '/api/v1/namespaces/default/pods/two'

describe('the way to agents', () => {
  it('brings back logs', async () => {
    await using cluster = await startAgent('system:node:n1')
    const { status, text } = await cluster.server.call('GET', `${pod}/log?container=a&tailLines=5&timestamps=true`)
    expect([status, text]).toEqual([200, 'GET /containerLogs/default/two/a?tailLines=5&timestamps=true\n'])
  })

  it('turns what an agent says against it into a Status', async () => {
    await using cluster = await startAgent('system:node:n1')
    const { status, body } = await cluster.server.call('GET', `${pod}/log?container=a&previous=true`)
    expect(status).toBe(400)
    expect(body).toMatchObject({ reason: 'BadRequest', message: 'previous terminated container "a" in pod "two" not found' })
  })

  it('asks which container is meant', async () => {
    await using cluster = await startAgent('system:node:n1')
    const unclear = await cluster.server.call('GET', `${pod}/log`)
    expect(unclear.body['message']).toBe('a container name must be specified for pod two, choose one of: [a b]')
    const wrong = await cluster.server.call('GET', `${pod}/log?container=c`)
    expect(wrong.body['message']).toBe('container c is not valid for pod two')
  })

  it('does not talk to an agent with the certificate of another node', async () => {
    await using cluster = await startAgent('system:node:n2')
    const { status, body } = await cluster.server.call('GET', `${pod}/log?container=a`)
    expect(status).toBe(500)
    expect(body['message']).toContain('the certificate belongs to system:node:n2')
  })

  it('joins upgraded connections byte for byte', async () => {
    await using cluster = await startAgent('system:node:n1')
    const socket: TLSSocket = connect({ port: cluster.server.port, host: '127.0.0.1', ca: cluster.server.ca.cert })
    await once(socket, 'secureConnect')
    const path = `${pod}/exec?container=a&command=sh&command=-c&command=ls&stdin=true&stdout=true`
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n`,
    )
    let received = ''
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()))
    await once(socket, 'data')
    socket.write('hello')
    while (!received.endsWith('hello')) await once(socket, 'data')
    socket.destroy()
    expect(received).toContain('X-Url: /exec/default/two/a?command=sh&command=-c&command=ls&input=1&output=1')
  })

  /** What a WebSocket says until it is closed: how it ended, and its messages after the empty one that says that it stands. */
  const messagesOf = ({ port, ca }: { port: number; ca: { cert: string } }, path: string, offered: string[]) =>
    new Promise<{ code: number; protocol: string; messages: string[] }>((resolve, reject) => {
      const socket = new WebSocket(`wss://127.0.0.1:${port}${path}`, offered, { ca: ca.cert })
      const messages: string[] = []
      socket.on('message', (data: Buffer, isBinary) => messages.push(`${isBinary ? 'bytes' : 'text'}: ${data.toString()}`))
      socket.on('close', code => resolve({ code, protocol: socket.protocol, messages }))
      socket.on('unexpected-response', (_, { statusCode }) => reject(new Error(`refused with ${statusCode}`)))
      socket.on('error', reject)
    })

  it.each([
    [['binary.k8s.io'], 'binary.k8s.io', ['bytes: ', 'bytes: GET /containerLogs/default/two/a?tailLines=5\n']],
    [[], '', ['bytes: ', 'bytes: GET /containerLogs/default/two/a?tailLines=5\n']],
    [
      ['v9.k8s.io', 'base64.binary.k8s.io'],
      'base64.binary.k8s.io',
      ['text: ', `text: ${Buffer.from('GET /containerLogs/default/two/a?tailLines=5\n').toString('base64')}`],
    ],
  ])('sends logs over a WebSocket to who offers %j', async (offered, protocol, messages) => {
    await using cluster = await startAgent('system:node:n1')
    const heard = await messagesOf(cluster.server, `${pod}/log?container=a&tailLines=5`, offered)
    expect(heard).toEqual({ code: 1000, protocol, messages })
  })

  it('refuses to send logs over a WebSocket where it would refuse them otherwise, or speaks no such protocol', async () => {
    await using cluster = await startAgent('system:node:n1')
    await expect(messagesOf(cluster.server, `${pod}/log?container=c`, ['binary.k8s.io'])).rejects.toThrow('refused with 400')
    await expect(messagesOf(cluster.server, `${pod}/log?container=a&previous=true`, [])).rejects.toThrow('refused with 400')
    await expect(messagesOf(cluster.server, `${pod}/log?container=a`, ['other'])).rejects.toThrow('refused with 403')
  })

  it('refuses an upgrade with a Status', async () => {
    await using cluster = await startAgent('system:node:n1')
    const socket: TLSSocket = connect({ port: cluster.server.port, host: '127.0.0.1', ca: cluster.server.ca.cert })
    socket.write(
      `POST /api/v1/namespaces/default/pods/none/exec?stdout=1&command=x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n`,
    )
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    expect(chunk.toString()).toMatch(/^HTTP\/1.1 404 [\s\S]*pods \\"none\\" not found/)
  })
})
