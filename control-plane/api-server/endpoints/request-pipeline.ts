import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Attributes, Authenticator, Authorizer, Impersonation, User } from '../interfaces.ts'
import type { Registry } from '../registry/registry.ts'
import type { ApiRequest } from './api-request.ts'
import { forwardTo, upgradeTo } from './backend-proxy.ts'
import { connectUpgraded, type ConnectOptions } from './connect.ts'
import { PathNotFound } from './error-handler.ts'
import { forbiddenFor } from './forbidden.ts'
import type { GeneralPaths } from './general-paths.ts'
import type { RemoteApis } from './remote-apis.ts'
import { attributesOf, readRequestInfo, type RequestInfo, type ResourcePath } from './request-info.ts'
import type { ResourceRouter } from './resource-router.ts'

interface Options {
  readonly registry: Registry
  readonly authenticator: Authenticator
  readonly authorizer: Authorizer
  readonly impersonationOf: (request: IncomingMessage) => Impersonation | undefined
  readonly router: ResourceRouter
  readonly general: GeneralPaths
  readonly remote: RemoteApis
  readonly connectOptions: ConnectOptions
}

const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

/** Every request: what is asked, who asks, may they, then whoever serves it. */
export class RequestPipeline {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const info = readRequestInfo(request.method ?? 'GET', request.url ?? '/')
    const user = await this.#admit(request, info)
    const { general, remote } = this.#options
    const backend = remote.backendFor(info.path, request.url ?? '/', user)
    if (backend) return forwardTo(backend, request, response)
    if (!info.resource || general.hasDocument(info.path)) return general.serve(request, response, info)
    await this.#options.router.serve(this.#apiRequest({ request, response, info, target: info.resource, user }))
  }
  async serveUpgrade(request: IncomingMessage, connection: { socket: Duplex; head: Buffer }): Promise<void> {
    const info = readRequestInfo(request.method ?? 'GET', request.url ?? '/')
    const user = await this.#admit(request, info)
    const backend = this.#options.remote.backendFor(info.path, request.url ?? '/', user)
    if (backend) return upgradeTo(backend, request, connection)
    if (!info.resource) throw new PathNotFound()
    // Nothing is answered over HTTP here; errors are written to the socket.
    const response = undefined as unknown as ServerResponse
    const apiRequest = this.#apiRequest({ request, response, info, target: info.resource, user })
    if (apiRequest.subresource?.type !== 'connect') throw new PathNotFound()
    await connectUpgraded(apiRequest, connection, this.#options.connectOptions)
  }

  async #admit(request: IncomingMessage, info: RequestInfo): Promise<User> {
    const sender = (await this.#options.authenticator.authenticate(request)) ?? anonymous
    const impersonation = this.#options.impersonationOf(request)
    for (const need of impersonation?.needs ?? []) this.#authorize(sender, need)
    const user = impersonation?.user ?? sender
    this.#authorize(user, attributesOf(info))
    return user
  }
  #authorize(user: User, attributes: Attributes): void {
    const decision = this.#options.authorizer.authorize(user, attributes)
    if (!decision.allowed) throw forbiddenFor(user, attributes, decision.reason)
  }
  #apiRequest(parts: Pick<ApiRequest, 'request' | 'response' | 'info' | 'user'> & { readonly target: ResourcePath }): ApiRequest {
    const kind = this.#options.router.kindOf(parts.target)
    const subresource = kind.subresources?.[parts.target.subresource]
    return { ...parts, kind, subresource, registry: this.#options.registry, warnings: kind.deprecation ? [kind.deprecation] : [] }
  }
}
