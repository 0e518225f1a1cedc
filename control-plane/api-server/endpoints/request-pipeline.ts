import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { ApiError } from '../../../api/errors.ts'
import type { Logger } from '../../../common/log.ts'
import type {
  Admitted,
  Attributes,
  Auditor,
  Authenticator,
  Authorizer,
  FlowControl,
  Impersonation,
  RequestAudit,
  RequestObserver,
  User,
} from '../interfaces.ts'
import type { Registry } from '../registry/registry.ts'
import type { ApiRequest } from './api-request.ts'
import { auditIdOf, followResponse, noteFailure } from './audited.ts'
import { forwardTo, upgradeTo } from './backend-proxy.ts'
import { connectUpgraded, type ConnectOptions } from './connect.ts'
import { timedOut, timeoutOf } from './deadline.ts'
import { answerError, PathNotFound, PlainError, TooManyRequests } from './error-handler.ts'
import { FanOut } from './fan-out.ts'
import { forbiddenFor } from './forbidden.ts'
import type { GeneralPaths } from './general-paths.ts'
import { isLongRunning } from './long-running.ts'
import type { RemoteApis } from './remote-apis.ts'
import { attributesOf, readRequestInfo, type RequestInfo } from './request-info.ts'
import type { ResourceRouter } from './resource-router.ts'
import type { ReadYaml } from './yaml-reader.ts'

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
  readonly auditor?: Auditor
  readonly readYaml: ReadYaml
  /** Milliseconds. */
  readonly requestTimeout?: number
  readonly log: Logger
}

const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

/** A request on its way. */
interface Served {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly info: RequestInfo
  readonly attributes: Attributes
  readonly longRunning: boolean
  readonly id: string
  audit?: RequestAudit | undefined
  admitted?: Admitted
}

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
    const served: Served = { request, response, info, attributes: attributesOf(info), longRunning, id: auditIdOf(request) }
    const timer = longRunning ? undefined : this.#deadline(served)
    response.setHeader('Audit-Id', served.id)
    response.once('close', () => {
      clearTimeout(timer)
      served.admitted?.release()
      end?.(response.statusCode)
    })
    const sender = await this.#authenticate(served)
    served.audit = this.#options.auditor?.begin({ ...served, user: sender })
    if (!served.audit) return this.#serve(served, sender)
    followResponse(served.audit, response, longRunning)
    try {
      await this.#serve(served, sender)
    } catch (error) {
      if (!response.headersSent) noteFailure(served.audit, error)
      throw error
    }
  }
  async serveUpgrade(request: IncomingMessage, connection: { socket: Duplex; head: Buffer }): Promise<void> {
    const info = readRequestInfo(request.method ?? 'GET', request.url ?? '/')
    const end = this.#options.observer?.begin(this.#seen(info, true))
    let code = 101
    let audit: RequestAudit | undefined
    connection.socket.once('close', () => {
      end?.(code)
      audit?.ends(code)
    })
    try {
      const audited = { request, info, attributes: attributesOf(info), longRunning: true, id: auditIdOf(request) }
      const sender = await this.#authenticate(audited)
      audit = this.#options.auditor?.begin({ ...audited, user: sender })
      await this.#upgrade({ ...audited, audit }, { sender, connection })
    } catch (error) {
      code = error instanceof ApiError || error instanceof PlainError ? error.code : 500
      if (audit) noteFailure(audit, error)
      throw error
    } finally {
      audit?.starts(code)
    }
  }

  async #serve(served: Served, sender: User): Promise<void> {
    const { request, response, info, attributes, longRunning } = served
    const user = this.#userOf(served, sender)
    // Streams last as long as they like and take no seat; watches take one until they have begun.
    if (!longRunning || info.verb === 'watch') {
      const turn = this.#options.flowControl.admit(user, attributes, () => gone(response))
      const admitted = turn instanceof Promise ? await turn : turn
      served.admitted = admitted
      announce(response, admitted)
      if (!admitted.served) throw new TooManyRequests()
      // Its client has gone away while it waited: nobody would end it any more.
      if (response.destroyed) return admitted.release()
    }
    try {
      this.#authorize(user, attributes, served.audit)
      const { general, remote, router } = this.#options
      const backend = remote.backendFor(info.path, request.url ?? '/', user)
      if (backend) return await forwardTo(backend, request, response)
      if (!info.resource || general.hasDocument(info.path)) return await general.serve(request, response, info)
      await router.serve(this.#apiRequest({ ...served, target: info.resource, user }))
    } finally {
      served.admitted?.release()
    }
  }
  async #upgrade(
    served: Omit<Served, 'response'>,
    { sender, connection }: { sender: User; connection: { socket: Duplex; head: Buffer } },
  ): Promise<void> {
    const { request, info, attributes, audit } = served
    const user = this.#userOf(served, sender)
    this.#authorize(user, attributes, audit)
    const backend = this.#options.remote.backendFor(info.path, request.url ?? '/', user)
    if (backend) return await upgradeTo(backend, request, connection)
    if (!info.resource) throw new PathNotFound()
    // Nothing is answered over HTTP here; errors are written to the socket.
    const response = undefined as unknown as ServerResponse
    const apiRequest = this.#apiRequest({ request, response, info, audit, target: info.resource, user })
    if (apiRequest.subresource?.type !== 'connect') throw new PathNotFound()
    await connectUpgraded(apiRequest, connection, this.#options.connectOptions)
  }

  async #authenticate(served: Omit<Served, 'response' | 'info'>): Promise<User> {
    const { authenticator, auditor } = this.#options
    try {
      return (await authenticator.authenticate(served.request)) ?? anonymous
    } catch (error) {
      if (error instanceof ApiError) auditor?.refuse({ ...served, user: undefined }, error.status)
      throw error
    }
  }
  /** Whose request it is: its sender's, or another's whom they may act as. */
  #userOf({ request, audit }: Pick<Served, 'request' | 'audit'>, sender: User): User {
    const impersonation = this.#options.impersonationOf(request)
    if (!impersonation) return sender
    for (const need of impersonation.needs) this.#authorize(sender, need)
    audit?.impersonates(impersonation.user)
    return impersonation.user
  }
  #authorize(user: User, attributes: Attributes, audit?: RequestAudit): void {
    const decision = this.#options.authorizer.authorize(user, attributes)
    audit?.annotate('authorization.k8s.io/decision', decision.allowed ? 'allow' : 'forbid')
    audit?.annotate('authorization.k8s.io/reason', decision.reason)
    if (!decision.allowed) throw forbiddenFor(user, attributes, decision.reason)
  }
  #apiRequest({
    request,
    response,
    info,
    user,
    target,
    audit,
  }: Omit<ApiRequest, 'kind' | 'subresource' | 'registry' | 'fanOut' | 'readYaml' | 'warnings'>): ApiRequest {
    const { router, registry, observer, readYaml } = this.#options
    const kind = router.kindOf(target)
    const warnings = kind.deprecation ? [kind.deprecation] : []
    if (kind.deprecation) audit?.annotate('k8s.io/deprecated', 'true')
    return {
      request,
      response,
      info,
      user,
      target,
      audit,
      kind,
      subresource: kind.subresources?.[target.subresource],
      registry,
      observer,
      fanOut: this.#fanOut,
      readYaml,
      warnings,
    }
  }
  /** Answers 504 when the time is over; a client that does not take an answer that has begun is cut off. */
  #deadline(served: Served): NodeJS.Timeout {
    const { request, response, info } = served
    const expire = () => {
      if (response.headersSent) {
        response.destroy()
        return
      }
      const error = timedOut()
      if (served.audit) noteFailure(served.audit, error)
      void answerError(response, { request, error, log: this.#options.log })
    }
    return setTimeout(expire, timeoutOf(info.query, this.#options.requestTimeout))
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
