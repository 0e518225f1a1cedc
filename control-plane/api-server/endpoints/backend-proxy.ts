import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { isRewritable, pipeRewritten } from './rewrite-html.ts'

/** Where a request goes on to, which is neither this server nor an agent. */
export interface Backend {
  /** Opens a connection, secured where the backend wants that. */
  connect(): Promise<Duplex>
  /** What the backend is asked for, with the query. */
  readonly path: string
  /** The part of the client's path that the backend does not know of: '' when both are the same. */
  readonly prefix: string
  /** The client's own unless given. */
  readonly host?: string
  /** Besides the client's, or instead of them. */
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** The error that the client sees when the backend cannot be reached. */
  unreachable(error: unknown): Error
}

/** Headers of one hop, and credentials that are ours to check and not to hand on. */
const hop = ['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade']
const ours = ['authorization', 'host', 'impersonate-user', 'impersonate-group', 'impersonate-uid']
const isOurs = (name: string) => ours.includes(name) || name.startsWith('impersonate-extra-') || name.startsWith('x-remote-')
/** Upstream does not let backends answer for this server's origin. */
const cors = [
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
]

/**
 * Upstream's UpgradeAwareHandler for a request without an upgrade: the answer comes back as it is, but for redirects within the backend
 * and for links in pages of HTML.
 */
export async function forwardTo(backend: Backend, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let incoming: IncomingMessage
  try {
    const connection = await backend.connect()
    const outgoing = httpRequest({
      // Node types sockets of its own only, and asks no more of them than any Duplex does.
      createConnection: () => connection as TLSSocket,
      method: request.method,
      path: backend.path,
      headers: { ...headersFor(backend, request), connection: 'close' },
      // Small servers end lines with \n alone, which upstream's client reads too.
      insecureHTTPParser: true,
    })
    response.on('close', () => outgoing.destroy())
    request.pipe(outgoing)
    ;[incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  } catch (error) {
    if (response.destroyed) return
    throw backend.unreachable(error)
  }
  const headers = answerHeaders(incoming, backend)
  const rewrites = backend.prefix !== '' && request.method !== 'HEAD' && !headers['location'] && isRewritable(incoming)
  if (rewrites) delete headers['content-length']
  response.writeHead(incoming.statusCode ?? 502, headers)
  response.flushHeaders()
  try {
    if (rewrites) await pipeRewritten(incoming, response, backend.prefix)
    else await pipeline(incoming, response)
  } catch (error) {
    // A client that has seen enough closes; only the backend's failures matter, and those can only show as an early end.
    if (!response.destroyed) response.destroy(error instanceof Error ? error : undefined)
  }
}

/** The same for a request that leaves HTTP: after its head the two connections are one. */
export async function upgradeTo(
  backend: Backend,
  request: IncomingMessage,
  { socket, head }: { readonly socket: Duplex; readonly head: Buffer },
): Promise<void> {
  let connection: Duplex
  try {
    connection = await backend.connect()
  } catch (error) {
    throw backend.unreachable(error)
  }
  const headers = { ...headersFor(backend, request), connection: 'Upgrade', upgrade: request.headers.upgrade ?? '' }
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map(each => `${name}: ${each}`))
  connection.write(`${[`${request.method} ${backend.path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`)
  if (head.length > 0) connection.write(head)
  const closeBoth = () => {
    socket.destroy()
    connection.destroy()
  }
  socket.on('error', closeBoth).on('close', closeBoth)
  connection.on('error', closeBoth).on('close', () => socket.end())
  socket.pipe(connection)
  connection.pipe(socket)
}

type Headers = Record<string, string | string[]>

function headersFor({ prefix, path, host, headers }: Backend, request: IncomingMessage): Headers {
  const kept: Headers = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !hop.includes(name) && !isOurs(name)) kept[name] = value
  }
  const [clean = ''] = path.split('?', 1)
  const encoding = request.headers['transfer-encoding']
  return {
    ...kept,
    // Of some methods Node.js expects no body, and would send one without saying where it ends.
    ...(encoding === undefined ? {} : { 'transfer-encoding': 'chunked' }),
    host: host ?? request.headers.host ?? '',
    'x-forwarded-for': [request.headers['x-forwarded-for'], request.socket.remoteAddress].flat().filter(Boolean).join(', '),
    'x-forwarded-host': request.headers.host ?? '',
    'x-forwarded-uri': prefix + clean,
    ...headers,
  }
}

function answerHeaders({ headers }: IncomingMessage, { prefix, host }: Backend): Headers {
  const kept: Headers = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !hop.includes(name) && !cors.includes(name)) kept[name] = value
  }
  // A length beside chunks is none: whoever believed it would take the rest for another answer.
  if (headers['transfer-encoding'] !== undefined) delete kept['content-length']
  const { location } = headers
  return location === undefined ? kept : { ...kept, location: rewrittenLocation(location, { prefix, host }) }
}

/** A redirect within the backend, as the client has to follow it: below the prefix. Others stay as they are. */
export function rewrittenLocation(
  location: string,
  { prefix, host }: { readonly prefix: string; readonly host: string | undefined },
): string {
  if (!URL.canParse(location, 'http://backend')) return location
  const url = new URL(location, 'http://backend')
  const absolute = /^([a-z][a-z0-9+.-]*:)?\/\//i.test(location)
  if (absolute && url.host !== host) return location
  if (!absolute && !location.startsWith('/')) return location
  const path = url.pathname.startsWith(`${prefix}/`) && prefix ? url.pathname : prefix + url.pathname
  return path + url.search + url.hash
}
