import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { WebSocketServer } from 'ws'
import type { Logger } from '../../common/log.ts'
import type { Runnable } from '../../common/run.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { authorize } from './authorize.ts'
import { serveLogs } from './container-logs.ts'
import { HttpError, refuseUpgrade, respondWithError, toHttpError } from './http-error.ts'
import type { PodSource } from './pod-source.ts'
import { parseRequest } from './request-path.ts'
import { statsSummary } from './stats-summary.ts'
import { upgrade } from './upgrade.ts'

/** PEM texts: the node's serving certificate and key, and the CA that clients' certificates must be signed by. */
export interface ServingTls {
  readonly key: string | Buffer
  readonly cert: string | Buffer
  readonly ca: string | Buffer
}

export interface AgentServerOptions {
  readonly runtime: Pick<Runtime, 'logs' | 'exec' | 'attach' | 'portForward' | 'stats'>
  readonly pods: PodSource
  /** Asked for every connection, so that a renewed certificate is used at once. */
  readonly tls: () => ServingTls
  readonly log: Logger
  readonly port: number
  readonly host?: string
  readonly nodeName?: string
  /** Told once, with the port that is listened on. */
  readonly listening?: (port: number) => void
}

/** The agent's own HTTPS API, on kubelet's paths: what `kubectl logs`, `exec`, `attach` and `port-forward` reach. */
export function createAgentServer(options: AgentServerOptions): Runnable {
  return { run: signal => run(options, signal) }
}

async function run(options: AgentServerOptions, signal: AbortSignal): Promise<void> {
  const { log } = options
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: 4 * 1024 * 1024,
    handleProtocols: protocols => [...protocols][0] ?? false,
  })
  const connections = new Set<Duplex>()
  // Certificates are asked for and judged here, so that a client without one is told so.
  let tls = options.tls()
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false })
  // Before the server's own listener, which begins the handshake.
  server.prependListener('connection', () => {
    const current = options.tls()
    if (current.cert !== tls.cert) server.setSecureContext(current)
    tls = current
  })
  server.on('secureConnection', socket => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  server.on('request', (request, response) => {
    serve(options, request, response).catch((error: unknown) => {
      if (toHttpError(error).code >= 500) log.warn('a request failed', { path: request.url, error })
      respondWithError(response, error)
    })
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', error => log.debug('a connection broke', { error }))
    void Promise.resolve()
      .then(() => authorize(request.socket as TLSSocket))
      .then(() => upgrade({ ...options, webSockets }, request, { socket, head }))
      .catch((error: unknown) => refuseUpgrade(socket, error))
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')
  options.listening?.((server.address() as AddressInfo).port)
  if (!signal.aborted) await once(signal, 'abort')
  const closed = once(server, 'close')
  server.close()
  for (const connection of connections) connection.destroy()
  await closed
}

async function serve(options: AgentServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  authorize(request.socket as TLSSocket)
  const parsed = parseRequest(request.url)
  if (request.method !== 'GET') throw new HttpError(405, 'Method Not Allowed')
  switch ([parsed.verb, ...(parsed.verb === 'stats' ? parsed.parts : [])].join('/')) {
    case 'healthz':
      response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' }).end('ok')
      return
    case 'pods':
      return sendJson(response, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: options.pods.list() })
    case 'containerLogs':
      return serveLogs(options, parsed, response)
    case 'stats/summary':
      return sendJson(response, await statsSummary(options.runtime, options.pods, options.nodeName ?? ''))
    case 'exec':
    case 'attach':
    case 'portForward':
      throw new HttpError(400, 'Upgrade request required')
    default:
      throw new HttpError(404, '404 page not found')
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(value))
}
