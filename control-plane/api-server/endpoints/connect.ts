import { Readable, type Duplex } from 'node:stream'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { apiError, badRequest, type ApiError } from '../../../api/errors.ts'
import { messageOf } from '../../../common/error-message.ts'
import type { Lookup } from '../interfaces.ts'
import { getObject } from '../registry/registry.ts'
import type { ApiRequest } from './api-request.ts'
import { contextOf } from './api-request.ts'
import { forwardTo, upgradeTo, type Backend } from './backend-proxy.ts'
import { secured, type Dialer } from './dialer.ts'
import { PathNotFound } from './error-handler.ts'
import { connectionOptions } from './connection-options.ts'
import { kubeletAddress } from './kubelet-address.ts'
import { kubeletRequestOf } from './kubelet-path.ts'
import type { NodeProxy } from './node-proxy.ts'
import type { Locate } from './proxy-location.ts'
import { requireTextProtocol, sendOverWebSocket } from './text-web-socket.ts'

export interface ConnectOptions {
  readonly proxy: NodeProxy
  /** Where agents' addresses are stored. */
  readonly nodes: Kind
  /** The kinds whose `proxy` leads to pods, and how; that of others leads to an agent. */
  readonly locations: ReadonlyMap<Kind, Locate>
  readonly lookup: Lookup
  readonly dialer: Pick<Dialer, 'dial'>
}

/** Admission sees what is asked for as the object that upstream makes of it. */
const admitConnection = (request: ApiRequest, current?: KubernetesObject): Promise<void> => {
  const { registry, kind, target, info } = request
  const { namespace, name, subresource } = target
  const [raw = ''] = (request.request.url ?? '').split('?', 1)
  const rest = raw.slice(raw.split('/', namespace ? pathToProxy : pathToProxy - 2).join('/').length)
  const connection = connectionOptions({ plural: kind.plural, subresource, query: info.query, rest })
  const admitted = { kind, verb: 'connect', namespace, name, subresource, ...(current ? { current } : {}) } as const
  return registry.admission.validate({ ...admitted, ...(connection ? { connection } : {}), ...contextOf(request) })
}

/** Segments of `/api/v1/namespaces/{namespace}/{plural}/{name}/proxy`; those of cluster-wide kinds are two less. */
const pathToProxy = 8

/** A path without its query, and the query with the mark before it: further marks are part of it. */
function partsOf(url: string): { readonly raw: string; readonly query: string } {
  const mark = url.indexOf('?')
  return mark < 0 ? { raw: url, query: '' } : { raw: url.slice(0, mark), query: url.slice(mark) }
}

/** What a `proxy` of pods or services leads to; undefined for everything else. */
async function backendOf(request: ApiRequest, { locations, lookup, dialer }: ConnectOptions): Promise<Backend | undefined> {
  const { kind, target } = request
  const locate = target.subresource === 'proxy' ? locations.get(kind) : undefined
  if (!locate) return undefined
  const { scheme, host, port } = locate(lookup, target.namespace, target.name)
  await admitConnection(request)
  const { raw, query } = partsOf(request.request.url ?? '')
  const prefix = raw.split('/', pathToProxy).join('/')
  return {
    prefix,
    path: (raw.slice(prefix.length) || '/') + query,
    connect: async () => {
      const socket = await dialer.dial(host, port)
      // As upstream's, this proxy does not ask who answers.
      return scheme === 'https' ? secured(socket, { rejectUnauthorized: false, servername: '' }) : socket
    },
    unreachable: error => apiError('ServiceUnavailable', `error trying to reach service: ${messageOf(error)}`, {}),
  }
}

async function prepare(request: ApiRequest, nodes: Kind) {
  const { registry, kind, target, info } = request
  const { namespace, name } = target
  const object = getObject(registry, kind, { namespace, name })
  const wanted = kubeletRequestOf({ object, target, query: info.query })
  if (!wanted) throw new PathNotFound()
  await admitConnection(request, object)
  return { path: wanted.path, address: wanted.node ? kubeletAddress(registry, nodes, wanted.node) : undefined }
}

/** Upstream's GenericHttpResponseChecker: the kubelet's sentence about logs becomes a Status. */
const logRefusal =
  ({ target }: ApiRequest) =>
  (code: number, text: string): ApiError => {
    if (code === 400) return badRequest(text)
    if (code !== 404) return apiError('InternalError', `Internal error occurred: ${text}`)
    return apiError('NotFound', `the server could not find the requested resource ( pods/log ${target.name})`, {
      name: target.name,
      kind: 'pods/log',
      causes: [{ reason: 'UnexpectedServerResponse', message: text }],
    })
  }

/** Streams without an upgrade: logs and proxies. */
export async function connectPlain(request: ApiRequest, options: ConnectOptions): Promise<void> {
  const { response } = request
  const { proxy, nodes } = options
  const backend = await backendOf(request, options)
  if (backend) {
    if (!redirectedToRoot(backend.prefix, request)) await forwardTo(backend, request.request, response)
    return
  }
  if (['exec', 'attach', 'portforward'].includes(request.target.subresource)) throw badRequest('Upgrade request required')
  const { path, address } = await prepare(request, nodes)
  const refusal = request.target.subresource === 'log' ? { refusal: logRefusal(request) } : {}
  if (address) return proxy.forward(request.request, response, { address, path, ...refusal })
  // A pod without a node has no logs yet.
  response.writeHead(200, { 'Content-Type': 'text/plain' })
  response.end()
}

/** Browsers find what a page refers to only if its path ends in a slash: upstream's proxyRedirectsforRootPath. */
function redirectedToRoot(prefix: string, { request, response }: ApiRequest): boolean {
  const { raw, query } = partsOf(request.url ?? '')
  if (raw !== prefix || (request.method !== 'GET' && request.method !== 'HEAD')) return false
  response.writeHead(301, { Location: `${prefix}/${query}` }).end()
  return true
}

/** Streams over an upgraded connection: exec, attach, port-forward, logs for who wants them so, and whatever pods serve so. */
export async function connectUpgraded(
  request: ApiRequest,
  socket: { socket: Duplex; head: Buffer },
  options: ConnectOptions,
): Promise<void> {
  const { proxy, nodes } = options
  const backend = await backendOf(request, options)
  if (backend) return upgradeTo(backend, request.request, socket)
  const { path, address } = await prepare(request, nodes)
  if (request.target.subresource === 'log') {
    requireTextProtocol(request.request)
    const text = address ? await proxy.read({ address, path, refusal: logRefusal(request) }) : Readable.from([])
    return sendOverWebSocket(request.request, socket, text)
  }
  if (!address) throw badRequest(`pod ${request.target.name} does not have a host assigned`)
  await proxy.upgrade(request.request, socket, { address, path })
}
