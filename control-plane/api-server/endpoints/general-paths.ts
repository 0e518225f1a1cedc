import type { IncomingMessage, ServerResponse } from 'node:http'
import { methodNotAllowed } from '../../../api/errors.ts'
import type { Store } from '../../store/store.ts'
import { DebugPaths, type DebugOptions } from './debug.ts'
import { Discovery } from './discovery.ts'
import { PathNotFound } from './error-handler.ts'
import { healthAnswer, type HealthCheck } from './health.ts'
import { OpenApi } from './openapi.ts'
import type { Document, ServedKinds } from '../interfaces.ts'
import type { RemoteApis } from './remote-apis.ts'
import type { RequestInfo } from './request-info.ts'
import { respond } from './respond.ts'
import { version } from './version.ts'

interface Options {
  readonly kinds: ServedKinds
  readonly serverAddress: string
  readonly store: Store
  readonly documents: Readonly<Record<string, Document>>
  /** What `/metrics` says; absent: there is no such path. */
  readonly metrics?: (() => string) | undefined
  readonly remote: RemoteApis
  /** Absent: there are no such paths. */
  readonly debug?: DebugOptions | undefined
}

/** What clients ask before they ask for resources. */
export class GeneralPaths {
  readonly #discovery: Discovery
  readonly #openApi: OpenApi
  readonly #documents: Readonly<Record<string, Document>>
  readonly #checks: Readonly<Record<string, HealthCheck>>

  readonly #metrics: Options['metrics']
  readonly #debug: DebugPaths | undefined

  constructor({ kinds, serverAddress, store, documents, metrics, remote, debug }: Options) {
    this.#debug = debug && new DebugPaths(debug)
    this.#metrics = metrics
    this.#documents = documents
    this.#discovery = new Discovery(kinds, serverAddress, remote)
    this.#openApi = new OpenApi(kinds)
    this.#checks = { ping: () => undefined, log: () => undefined, etcd: () => void store.get('/health') }
  }
  /** Whether there is a fixed answer, also where the path looks like a resource's. */
  hasDocument(path: string): boolean {
    return Object.hasOwn(this.#documents, path)
  }
  async serve(request: IncomingMessage, response: ServerResponse, info: RequestInfo): Promise<void> {
    const { path, query, verb } = info
    if (await this.#debug?.serve(request, response, info)) return
    if (verb !== 'get' && verb !== 'head' && verb !== 'list') throw methodNotAllowed()
    const health = healthAnswer(path, query, this.#checks)
    if (health) {
      response.writeHead(health.code, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' })
      response.end(health.text)
      return
    }
    if (path === '/metrics' && this.#metrics) {
      response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' })
      response.end(this.#metrics())
      return
    }
    if (path === '/version' || path === '/version/')
      return respond(request, response, { code: 200, text: JSON.stringify(version), format: 'json' })
    const discovered = this.#discovery.answer(path, request.headers.accept)
    if (discovered) {
      await respond(request, response, {
        code: 200,
        text: JSON.stringify(discovered.body),
        format: 'json',
        contentType: discovered.contentType,
      })
      return
    }
    if (path === '/') return respond(request, response, { code: 200, text: JSON.stringify({ paths: this.#paths() }), format: 'json' })
    const document = this.#documents[path]
    if (document) return respond(request, response, { ...document, code: 200, format: 'json' })
    if (await this.#openApi.serve(request, response, { path, query })) return
    throw new PathNotFound()
  }
  #paths(): string[] {
    return [
      ...this.#discovery.paths(),
      '/healthz',
      '/livez',
      ...(this.#metrics ? ['/metrics'] : []),
      '/openapi/v2',
      '/openapi/v3',
      '/readyz',
      '/version',
    ].sort()
  }
}
