import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { connect } from 'node:tls'
import type { Duplex } from 'node:stream'
import type { CertificatePair } from '../../common/certificates.ts'
import type { PodSource } from './pod-source.ts'

interface ProxyTarget {
  readonly port: number
  readonly authority: CertificatePair
  readonly client: CertificatePair
  readonly pods: PodSource
}

/** For tests: as much of an API server as kubectl needs to reach an agent. */
export async function startKubectlProxy(target: ProxyTarget): Promise<AsyncDisposable & { url: string; upgrades: string[] }> {
  const server = createServer((request, response) => answer(target, request, response))
  const sockets = new Set<Duplex>()
  const upgrades: string[] = []
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgrades.push(request.headers.upgrade?.toLowerCase() ?? '')
    tunnel(target, request, { socket, head })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    upgrades,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

const verbs: Readonly<Record<string, string>> = { log: 'containerLogs', exec: 'exec', attach: 'attach', portforward: 'portForward' }

function agentPath(url: string): string | undefined {
  const { pathname, searchParams } = new URL(url, 'http://proxy')
  const [, namespace, pod, subresource = ''] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/(\w+)$/.exec(pathname) ?? []
  const verb = verbs[subresource]
  if (!verb) return undefined
  const container = verb === 'portForward' ? '' : `/${searchParams.get('container') ?? 'main'}`
  return `/${verb}/${namespace}/${pod}${container}?${searchParams.toString()}`
}

const discovery: Readonly<Record<string, unknown>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [{ name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', shortNames: ['po'], verbs: ['get', 'list'] }],
  },
}

function answer(target: ProxyTarget, request: IncomingMessage, response: ServerResponse): void {
  const path = agentPath(request.url ?? '')
  if (path) {
    const forwarded = httpsRequest({ ...tls(target), path, method: 'GET' }, reply => {
      response.writeHead(reply.statusCode ?? 500, reply.headers)
      reply.pipe(response)
    })
    response.once('close', () => forwarded.destroy())
    forwarded.on('error', error => response.destroy(error))
    forwarded.end()
    return
  }
  const { pathname } = new URL(request.url ?? '', 'http://proxy')
  const [, namespace = '', name = ''] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)$/.exec(pathname) ?? []
  const found = discovery[pathname] ?? target.pods.find(namespace, name)?.pod
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404, message: 'not found' }
  response.writeHead(found ? 200 : 404, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(found ?? status))
}

const tls = ({ port, authority, client }: ProxyTarget) => ({
  host: '127.0.0.1',
  port,
  ca: authority.cert,
  cert: client.cert,
  key: client.key,
})

function tunnel(target: ProxyTarget, request: IncomingMessage, { socket, head }: { socket: Duplex; head: Buffer }): void {
  const onward = connect(tls(target), () => {
    const headers: string[] = []
    for (let index = 0; index < request.rawHeaders.length; index += 2)
      headers.push(`${request.rawHeaders[index]}: ${request.rawHeaders[index + 1]}`)
    onward.write(`${request.method} ${agentPath(request.url ?? '')} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
    onward.write(head)
    onward.pipe(socket).pipe(onward)
  })
  onward.on('error', () => socket.destroy())
  socket.on('error', () => onward.destroy())
}
