import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { ApiError } from '../../../api/errors.ts'
import type { Logger } from '../../../common/log.ts'
import type { Admitted, Attributes, Authenticator, Authorizer, FlowControl, Impersonation, RequestObserver, User } from '../interfaces.ts'
import type { Registry } from '../registry/registry.ts'
import type { ApiRequest } from './api-request.ts'
import { forwardTo, upgradeTo } from './backend-proxy.ts'
import { connectUpgraded, type ConnectOptions } from './connect.ts'
import { timedOut, timeoutOf } from './deadline.ts'
import { answerError, PathNotFound, PlainError, TooManyRequests } from './error-handler.ts'
import { FanOut } from './fan-out.ts'
import { forbiddenFor } from './forbidden.ts'
import type { GeneralPaths } from './general-paths.ts'
import { isLongRunning } from './long-running.ts'
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
  readonly flowControl: FlowControl
  readonly observer?: RequestObserver
  /** Milliseconds. */
  readonly requestTimeout?: number
  readonly log: Logger
}

const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

/** Every request: what is asked, until when, who asks, is it their turn, may they, then whoever serves it. */
export class RequestPipeline {
  readonly #options: Options
  readonly #fanOut = new FanOut()

  constructor(options: Options) {
    this.#options = options
  }
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const info = readRequestInfo(request.method ?? 'GET', request.url ?? '/')
    const longRunning = isLongRunning(info)
    const end = this.#options.observer?.begin(this.#seen(info, longRunning))
    const timer = longRunning ? undefined : this.#deadline(request, response, info)
    let admitted: Admitted | undefined
    response.once('close', () => {
      clearTimeout(timer)
      admitted?.release()
      end?.(response.statusCode)
    })
    const user = await this.#identify(request)
    const attributes = attributesOf(info)
    // Streams last as long as they like and take no seat; watches take one until they have begun.
    if (!longRunning || info.verb === 'watch') {
      const turn = this.#options.flowControl.admit(user, attributes, () => gone(response))
      admitted = turn instanceof Promise ? await turn : turn
      announce(response, admitted)
      if (!admitted.served) throw new TooManyRequests()
      // Its client has gone away while it waited: nobody would end it any more.
      if (response.destroyed) return admitted.release()
    }
    try {
      this.#authorize(user, attributes)
      const { general, remote, router } = this.#options
      const backend = remote.backendFor(info.path, request.url ?? '/', user)
      if (backend) return await forwardTo(backend, request, response)
      if (!info.resource || general.hasDocument(info.path)) return await general.serve(request, response, info)
      await router.serve(this.#apiRequest({ request, response, info, target: info.resource, user }))
    } finally {
      admitted?.release()
    }
  }
  async serveUpgrade(request: IncomingMessage, connection: { socket: Duplex; head: Buffer }): Promise<void> {
    const info = readRequestInfo(request.method ?? 'GET', request.url ?? '/')
    const end = this.#options.observer?.begin(this.#seen(info, true))
    let code = 101
    connection.socket.once('close', () => end?.(code))
    try {
      const user = await this.#identify(request)
      this.#authorize(user, attributesOf(info))
      const backend = this.#options.remote.backendFor(info.path, request.url ?? '/', user)
      if (backend) return await upgradeTo(backend, request, connection)
      if (!info.resource) throw new PathNotFound()
      // Nothing is answered over HTTP here; errors are written to the socket.
      const response = undefined as unknown as ServerResponse
      const apiRequest = this.#apiRequest({ request, response, info, target: info.resource, user })
      if (apiRequest.subresource?.type !== 'connect') throw new PathNotFound()
      await connectUpgraded(apiRequest, connection, this.#options.connectOptions)
    } catch (error) {
      code = error instanceof ApiError || error instanceof PlainError ? error.code : 500
      throw error
    }
  }

  async #identify(request: IncomingMessage): Promise<User> {
    const sender = (await this.#options.authenticator.authenticate(request)) ?? anonymous
    const impersonation = this.#options.impersonationOf(request)
    for (const need of impersonation?.needs ?? []) this.#authorize(sender, need)
    return impersonation?.user ?? sender
  }
  #authorize(user: User, attributes: Attributes): void {
    const decision = this.#options.authorizer.authorize(user, attributes)
    if (!decision.allowed) throw forbiddenFor(user, attributes, decision.reason)
  }
  #apiRequest(parts: Pick<ApiRequest, 'request' | 'response' | 'info' | 'user'> & { readonly target: ResourcePath }): ApiRequest {
    const { router, registry, observer } = this.#options
    const kind = router.kindOf(parts.target)
    const warnings = kind.deprecation ? [kind.deprecation] : []
    const subresource = kind.subresources?.[parts.target.subresource]
    return { ...parts, kind, subresource, registry, observer, fanOut: this.#fanOut, warnings }
  }
  /** Answers 504 when the time is over; a client that does not take an answer that has begun is cut off. */
  #deadline(request: IncomingMessage, response: ServerResponse, { query }: RequestInfo): NodeJS.Timeout {
    const expire = () => {
      if (response.headersSent) response.destroy()
      else void answerError(response, { request, error: timedOut(), log: this.#options.log })
    }
    return setTimeout(expire, timeoutOf(query, this.#options.requestTimeout))
  }
  /** Resources that do not exist have no name here: everybody could make up as many as they like. */
  #seen({ path, verb, query, resource }: RequestInfo, longRunning: boolean): Parameters<RequestObserver['begin']>[0] {
    const known = resource && this.#options.router.knows(resource)
    const seen = { verb, path, longRunning, dryRun: query.get('dryRun') === 'All' }
    return known ? { ...seen, resource: { ...resource, resource: resource.plural } } : seen
  }
}

function announce(response: ServerResponse, { schema, level }: Admitted): void {
  if (response.headersSent) return
  if (schema) response.setHeader('X-Kubernetes-PF-FlowSchema-UID', schema)
  if (level) response.setHeader('X-Kubernetes-PF-PriorityLevel-UID', level)
}

function gone(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => controller.abort())
  return controller.signal
}
