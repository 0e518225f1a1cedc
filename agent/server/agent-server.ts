import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Logger } from '../../common/log.ts'
import type { Runnable } from '../../common/run.ts'
import type { KubeletMetrics } from '../metrics/kubelet-metrics.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { Authenticator, type TokenReviewer } from './authenticate.ts'
import { Authorizer, type AccessReviewer } from './authorize.ts'
import { refuseUpgrade, respondWithError, toHttpError } from './http-error.ts'
import type { PodSource } from './pod-source.ts'
import { createRequestHandler, isLongRunning, rootOf } from './request-handler.ts'
import { tunnel } from './tunnel.ts'
import { upgrade } from './upgrade.ts'

/** PEM texts: the node's serving certificate and key, and the CA that clients' certificates must be signed by. */
export interface ServingTls {
  readonly key: string | Buffer
  readonly cert: string | Buffer
  readonly ca: string | Buffer
}

export interface AgentServerOptions {
  readonly runtime: Pick<Runtime, 'logs' | 'exec' | 'execSync' | 'attach' | 'portForward' | 'stats' | 'writtenBytes'>
  readonly pods: PodSource
  /** Asked for every connection, so that a renewed certificate is used at once. */
  readonly tls: () => ServingTls
  readonly log: Logger
  readonly port: number
  readonly host?: string
  readonly nodeName: string
  /** On the file system that pods write to. */
  readonly dataDirectory: string
  readonly metrics: Pick<KubeletMetrics, 'text' | 'probeText' | 'request'>
  /** The configuration as /configz shows it: upstream's KubeletConfiguration. */
  readonly configuration: object
  /** Absent: tokens are nobody's. */
  readonly reviewToken?: TokenReviewer
  /** Absent: nobody but the API server and administrators may do anything. */
  readonly reviewAccess?: AccessReviewer
  /** Told once, with the port that is listened on. */
  readonly listening?: (port: number) => void
}

/** Longer than the API server keeps connections that it does not use: it would send a request into one that is being closed. */
const keepAliveTimeout = 90_000

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
  const server = createServer({ ...tls, keepAliveTimeout, requestCert: true, rejectUnauthorized: false })
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
  const [authenticator, authorizer] = [new Authenticator(options.reviewToken), new Authorizer(options.reviewAccess)]
  const admit = async (request: IncomingMessage) =>
    authorizer.authorize(await authenticator.authenticate(request), request.method, request.url ?? '/')
  const count = ({ method = '', url }: IncomingMessage) =>
    options.metrics.request({ method, path: rootOf(url), longRunning: isLongRunning(rootOf(url)) })
  const handle = createRequestHandler(options)
  server.on('request', (request, response) => {
    response.once('close', count(request))
    admit(request)
      .then(() => handle(request, response))
      .catch((error: unknown) => {
        if (toHttpError(error).code >= 500) log.warn('a request failed', { path: request.url, error })
        respondWithError(response, error)
      })
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', error => log.debug('a connection broke', { error }))
    socket.once('close', count(request))
    void admit(request)
      .then(() => upgrade({ ...options, webSockets }, request, { socket, head }))
      .catch((error: unknown) => refuseUpgrade(socket, error))
  })
  server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', error => log.debug('a connection broke', { error }))
    socket.once('close', count(request))
    void admit(request)
      .then(() => tunnel(options.pods, request, { socket, head }))
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
