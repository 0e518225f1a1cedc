import type { Duplex } from 'node:stream'
import type { Kind } from '../../../api/kind.ts'
import { apiError, badRequest, type ApiError } from '../../../api/errors.ts'
import { getObject } from '../registry/registry.ts'
import type { ApiRequest } from './api-request.ts'
import { contextOf } from './api-request.ts'
import { PathNotFound } from './error-handler.ts'
import { kubeletAddress } from './kubelet-address.ts'
import { kubeletRequestOf } from './kubelet-path.ts'
import type { NodeProxy } from './node-proxy.ts'

export interface ConnectOptions {
  readonly proxy: NodeProxy
  /** Where agents' addresses are stored. */
  readonly nodes: Kind
}

async function prepare(request: ApiRequest, nodes: Kind) {
  const { registry, kind, target, info } = request
  const { namespace, name, subresource } = target
  const object = getObject(registry, kind, { namespace, name })
  const wanted = kubeletRequestOf({ object, target, query: info.query })
  if (!wanted) throw new PathNotFound()
  await registry.admission.validate({ kind, verb: 'connect', namespace, name, subresource, current: object, ...contextOf(request) })
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

/** Streams without an upgrade: logs and node proxies. */
export async function connectPlain(request: ApiRequest, { proxy, nodes }: ConnectOptions): Promise<void> {
  const { response } = request
  if (['exec', 'attach', 'portforward'].includes(request.target.subresource)) throw badRequest('Upgrade request required')
  const { path, address } = await prepare(request, nodes)
  const refusal = request.target.subresource === 'log' ? { refusal: logRefusal(request) } : {}
  if (address) return proxy.forward(request.request, response, { address, path, ...refusal })
  // A pod without a node has no logs yet.
  response.writeHead(200, { 'Content-Type': 'text/plain' })
  response.end()
}

/** Streams over an upgraded connection: exec, attach, port-forward. */
export async function connectUpgraded(
  request: ApiRequest,
  socket: { socket: Duplex; head: Buffer },
  { proxy, nodes }: ConnectOptions,
): Promise<void> {
  const { path, address } = await prepare(request, nodes)
  if (!address) throw badRequest(`pod ${request.target.name} does not have a host assigned`)
  await proxy.upgrade(request.request, socket, { address, path })
}
