import { once } from 'node:events'
import { Agent, request as httpsRequest } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { Duplex } from 'node:stream'
import { ApiError, apiError } from '../../../api/errors.ts'
import type { TlsIdentity } from '../interfaces.ts'
import { messageOf } from '../../../common/error-message.ts'
import type { KubeletAddress } from './kubelet-address.ts'

/** Headers of one hop, and credentials that are ours to check and not to hand on. */
const dropped = ['host', 'authorization', 'cookie', 'transfer-encoding', 'content-length', 'keep-alive']
const hopHeaders = [...dropped, 'connection', 'upgrade', 'accept-encoding']

/** What the client is told when the agent answers with this code and text; absent: exactly that. */
export type Refusal = (code: number, text: string) => ApiError

/** Connections that nobody uses are closed here after so long, before the agent does it: a request could meet its end. */
const idleMilliseconds = 30_000

/** As much of an agent's refusal as upstream reads. */
const longestRefusal = 50 * 1000

async function beginningOf(incoming: IncomingMessage): Promise<string> {
  let beginning = ''
  for await (const chunk of incoming.setEncoding('utf8') as AsyncIterable<string>) {
    beginning += chunk
    if (beginning.length >= longestRefusal) break
  }
  return beginning.slice(0, longestRefusal).trimEnd()
}

/** Takes requests to agents and brings back whatever they answer, byte for byte. */
export class NodeProxy {
  readonly #tls: TlsIdentity
  readonly #agent: Agent

  constructor(tls: TlsIdentity) {
    this.#tls = tls
    this.#agent = new Agent({ ...tls, keepAlive: true, maxFreeSockets: 16, timeout: idleMilliseconds })
  }
  close(): void {
    this.#agent.destroy()
  }

  /** An ordinary request: logs, and what the agent answers to node proxies. Ends when either side does. */
  async forward(
    request: IncomingMessage,
    response: ServerResponse,
    { address, path, refusal }: { address: KubeletAddress; path: string; refusal?: Refusal },
  ): Promise<void> {
    const headers = withoutHeaders(request, hopHeaders)
    const { host, port } = address
    const outgoing = httpsRequest({
      host,
      port,
      path,
      method: request.method,
      headers,
      agent: this.#agent,
      checkServerIdentity: identityOf(address.node),
    })
    response.on('close', () => outgoing.destroy())
    request.pipe(outgoing)
    let incoming: IncomingMessage
    try {
      ;[incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    } catch (error) {
      if (response.destroyed) return
      throw unreachable(address, path, error)
    }
    const { statusCode = 502 } = incoming
    if (refusal && (statusCode < 200 || statusCode > 206)) throw refusal(statusCode, await beginningOf(incoming))
    response.writeHead(statusCode, withoutHeaders(incoming, ['connection', 'keep-alive', 'transfer-encoding']))
    // Follow must show that it is connected before the first line comes.
    response.flushHeaders()
    try {
      await pipeline(incoming, response)
    } catch (error) {
      // A client that has seen enough closes; only the agent's failures matter, and those can only show as an early end.
      if (!response.destroyed) response.destroy(error instanceof Error ? error : undefined)
    }
  }

  /** The body of what an agent answers to a GET, as it comes; destroying it ends the request. */
  async read({ address, path, refusal }: { address: KubeletAddress; path: string; refusal: Refusal }): Promise<IncomingMessage> {
    const { host, port, node } = address
    const outgoing = httpsRequest({ host, port, path, agent: this.#agent, checkServerIdentity: identityOf(node) }).end()
    try {
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
      const { statusCode = 502 } = incoming
      if (statusCode >= 200 && statusCode <= 206) return incoming
      throw refusal(statusCode, await beginningOf(incoming))
    } catch (error) {
      throw error instanceof ApiError ? error : unreachable(address, path, error)
    }
  }

  /** What an agent answers to a GET, as JSON; rejects unless that is 200. */
  async readJson(address: KubeletAddress, path: string, signal: AbortSignal): Promise<unknown> {
    const { host, port, node } = address
    const outgoing = httpsRequest({ host, port, path, agent: this.#agent, signal, checkServerIdentity: identityOf(node) }).end()
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    const answer = await text(incoming)
    if (incoming.statusCode !== 200) throw new Error(`GET ${path} of ${node}: ${incoming.statusCode} ${answer.slice(0, 200)}`)
    return JSON.parse(answer)
  }

  /** WebSocket and SPDY alike: after the request head the two sockets are one. */
  async upgrade(
    request: IncomingMessage,
    { socket, head }: { socket: Duplex; head: Buffer },
    to: { address: KubeletAddress; path: string },
  ): Promise<void> {
    const { host, port } = to.address
    const backend: TLSSocket = connect({
      host,
      port,
      ...this.#tls,
      checkServerIdentity: identityOf(to.address.node),
      ALPNProtocols: ['http/1.1'],
    })
    try {
      await once(backend, 'secureConnect')
    } catch (error) {
      throw unreachable(to.address, to.path, error)
    }
    backend.setNoDelay(true)
    if ('setNoDelay' in socket) (socket as TLSSocket).setNoDelay(true)
    backend.write(requestHead(request, { host: `${host}:${port}`, path: to.path }))
    if (head.length > 0) backend.write(head)
    // Each side's end is the other's; a broken one takes the other with it.
    const closeBoth = () => {
      socket.destroy()
      backend.destroy()
    }
    socket.on('error', closeBoth).on('close', closeBoth)
    backend.on('error', closeBoth).on('close', () => socket.end())
    socket.pipe(backend)
    backend.pipe(socket)
  }
}

/** Serving certificates are issued to nodes, whatever addresses they have at the moment: the name decides. */
export const identityOf =
  (node: string) =>
  (_host: string, { subject }: PeerCertificate) =>
    subject.CN === `system:node:${node}`
      ? undefined
      : new Error(`the certificate belongs to ${[subject.CN].join()}, not to system:node:${node}`)

const unreachable = ({ host, port }: KubeletAddress, path: string, error: unknown): ApiError =>
  apiError('InternalError', `Internal error occurred: error dialing backend: https://${host}:${port}${path}: ${messageOf(error)}`)

function withoutHeaders({ headers }: IncomingMessage, names: readonly string[]): Record<string, string | string[]> {
  const left: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined && !names.includes(name)) left[name] = value
  return left
}

function requestHead(request: IncomingMessage, { host, path }: { host: string; path: string }): string {
  const lines = [`${request.method} ${path} HTTP/1.1`, `Host: ${host}`]
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(at, at + 2)
    if (!dropped.includes(name.toLowerCase())) lines.push(`${name}: ${value}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}
