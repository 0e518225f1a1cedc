import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { createWebSocketStream, type WebSocket, type WebSocketServer } from 'ws'
import type { Logger } from '../../common/log.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { HttpError } from './http-error.ts'
import type { PodSource } from './pod-source.ts'
import { portForwardProtocol, servePortForward, tunnelProtocol, type PortForwardTarget } from './port-forward.ts'
import { parseCommandRequest, runCommand, type CommandRequest } from './remote-command.ts'
import { findPod, findRunningContainer, parseRequest, type AgentRequest } from './request-path.ts'
import { spdyCommandProtocols, spdyCommandStreams } from './spdy-command.ts'
import { acceptSpdy, wantsSpdy } from './spdy-upgrade.ts'
import { servePortChannels, webSocketPortProtocols } from './websocket-port-forward.ts'
import { webSocketCommandProtocols, webSocketCommandStreams } from './websocket-command.ts'

export interface UpgradeOptions {
  readonly runtime: Pick<Runtime, 'exec' | 'attach' | 'portForward'>
  readonly pods: PodSource
  readonly log: Logger
  readonly webSockets: WebSocketServer
}
interface Connection {
  readonly socket: Duplex
  readonly head: Buffer
}

/** Serves a request that leaves HTTP, over SPDY or WebSocket as the client asks. Throws HttpError as long as nothing was accepted. */
export async function upgrade(options: UpgradeOptions, request: IncomingMessage, connection: Connection): Promise<void> {
  const parsed = parseRequest(request.url)
  if (parsed.verb === 'exec' || parsed.verb === 'attach') {
    const { id } = findRunningContainer(options.pods, parsed.parts)
    return command(options, request, { ...connection, command: parseCommandRequest(parsed.verb, id, parsed.query) })
  }
  if (parsed.verb === 'portForward') return portForward(options, request, { ...connection, parsed })
  throw new HttpError(404, '404 page not found')
}

async function command(
  options: UpgradeOptions,
  request: IncomingMessage,
  { socket, head, command }: Connection & { command: CommandRequest },
): Promise<void> {
  if (!command.stdin && !command.stdout && !command.stderr) throw new HttpError(400, 'you must specify at least 1 of stdin, stdout, stderr')
  if (wantsSpdy(request)) {
    const protocol = acceptSpdy(request, socket, spdyCommandProtocols)
    if (head.length > 0) socket.unshift(head)
    return reported(options, async () => runCommand(options, command, await spdyCommandStreams(socket, command, protocol)))
  }
  const { webSocket, protocol } = await acceptWebSocket(options, request, { socket, head, supported: webSocketCommandProtocols })
  return reported(options, () => runCommand(options, command, webSocketCommandStreams(webSocket, command, protocol)))
}

async function portForward(
  options: UpgradeOptions,
  request: IncomingMessage,
  { socket, head, parsed }: Connection & { parsed: AgentRequest },
): Promise<void> {
  const target = forwardTarget(options, parsed)
  if (wantsSpdy(request)) {
    acceptSpdy(request, socket, [portForwardProtocol])
    if (head.length > 0) socket.unshift(head)
    return reported(options, () => servePortForward(socket, target))
  }
  const { webSocket, protocol } = await acceptWebSocket(options, request, {
    socket,
    head,
    supported: [tunnelProtocol, ...webSocketPortProtocols],
  })
  if (protocol === tunnelProtocol) return reported(options, () => servePortForward(createWebSocketStream(webSocket), target))
  return reported(options, async () =>
    servePortChannels(webSocket, target, parsed.query.getAll('ports').concat(parsed.query.getAll('port'))),
  )
}

function forwardTarget({ runtime, pods, log }: UpgradeOptions, { parts }: AgentRequest): PortForwardTarget {
  const { pod, observed } = findPod(pods, parts)
  const sandbox = observed.sandboxes.find(({ state }) => state === 'ready')
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {}
  if (!sandbox) throw new HttpError(500, `not able to find the sandbox of pod ${name}_${namespace}`)
  return { runtime, log, sandboxId: sandbox.id, pod: `${name}_${namespace}`, uid }
}

async function acceptWebSocket(
  { webSockets }: UpgradeOptions,
  request: IncomingMessage,
  { socket, head, supported }: Connection & { supported: readonly string[] },
): Promise<{ webSocket: WebSocket; protocol: string }> {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map(protocol => protocol.trim())
  const chosen = supported.find(protocol => offered.includes(protocol))
  if (!chosen && offered.some(protocol => protocol !== '')) {
    throw new HttpError(
      400,
      `unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${supported.join(' ')}]`,
    )
  }
  // The library refuses names with a slash, such as the tunnel's: what was chosen is answered past it.
  delete request.headers['sec-websocket-protocol']
  const answer = (headers: string[], answered: IncomingMessage) => {
    if (chosen && answered === request) headers.push(`Sec-WebSocket-Protocol: ${chosen}`)
  }
  webSockets.on('headers', answer)
  try {
    return { webSocket: await handshake(webSockets, request, { socket, head }), protocol: chosen ?? '' }
  } finally {
    webSockets.off('headers', answer)
  }
}

function handshake(webSockets: WebSocketServer, request: IncomingMessage, { socket, head }: Connection): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    // The library answers a bad handshake itself, and tells nobody.
    const refused = () => reject(new HttpError(400, 'not a WebSocket handshake'))
    if (socket.destroyed) return refused()
    socket.once('close', refused)
    webSockets.handleUpgrade(request, socket, head, accepted => {
      socket.off('close', refused)
      // At once: the first frames may have come with the request, and a bad one must end no more than its connection.
      accepted.on('error', () => accepted.terminate())
      resolve(accepted)
    })
  })
}

/** Once the connection has left HTTP there is no answer to put an error into. */
async function reported({ log }: UpgradeOptions, serve: () => Promise<void>): Promise<void> {
  try {
    await serve()
  } catch (error) {
    log.debug('a streaming connection ended', { error })
  }
}
