import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { apiVersionOf, type Kind } from '../../../api/kind.ts'
import type { ServedKinds } from '../interfaces.ts'
import { openApiV2 } from '../../../api/openapi/openapi-v2.ts'
import { encodeOpenApiV2, openApiV2ProtobufContentType, openApiV2ProtobufMediaType } from '../../../api/openapi/openapi-v2-protobuf.ts'
import { openApiV3, openApiV3Index } from '../../../api/openapi/openapi-v3.ts'
import { respond } from './respond.ts'

interface Document {
  readonly text: string
  readonly etag: string
}

/** `/openapi/v2` and `/openapi/v3/…`: each document is made when it is first asked for, and again when its kinds have changed. */
export class OpenApi {
  readonly #served: ServedKinds
  #kinds: readonly Kind[] = []
  readonly #documents = new Map<string, Document>()
  #swagger: Uint8Array | undefined

  constructor(served: ServedKinds) {
    this.#served = served
  }
  /** False when the path is none of OpenAPI's. */
  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    { path, query }: { path: string; query: URLSearchParams },
  ): Promise<boolean> {
    this.#follow()
    if (path.replace(/\/$/, '') === '/openapi/v2' && String(request.headers.accept).includes(openApiV2ProtobufMediaType)) {
      this.#serveProtobuf(response)
      return true
    }
    const document = this.#documentAt(path)
    if (!document) return false
    response.setHeader('ETag', document.etag)
    // The index names documents by their hash, so what is asked for by hash may be kept for ever.
    const kept = query.has('hash') ? 'public, immutable' : 'no-cache, private'
    if (request.headers['if-none-match'] === document.etag) {
      response.writeHead(304)
      response.end()
      return true
    }
    await respond(request, response, { code: 200, text: document.text, format: 'json', cacheControl: kept })
    return true
  }

  /** Forgets the documents of group versions whose kinds are others now, and those about everything. */
  #follow(): void {
    const kinds = this.#served.all()
    if (kinds === this.#kinds) return
    const changed = new Set([...differences(kinds, this.#kinds), ...differences(this.#kinds, kinds)].map(apiVersionOf))
    this.#kinds = kinds
    this.#swagger = undefined
    for (const path of this.#documents.keys()) {
      const groupVersion = groupVersionAt(path)
      if (groupVersion === undefined || changed.has(groupVersion)) this.#documents.delete(path)
    }
  }
  /** Clients from before kubectl 1.29 take nothing else. */
  #serveProtobuf(response: ServerResponse): void {
    this.#swagger ??= encodeOpenApiV2(openApiV2(this.#kinds))
    response.setHeader('Content-Type', openApiV2ProtobufContentType)
    response.setHeader('Content-Length', this.#swagger.length)
    response.end(this.#swagger)
  }
  #documentAt(path: string): Document | undefined {
    const clean = path.replace(/\/$/, '')
    const known = this.#documents.get(clean)
    if (known) return known
    const body = this.#build(clean)
    if (!body) return undefined
    const text = JSON.stringify(body)
    const document = { text, etag: `"${createHash('sha256').update(text).digest('hex').toUpperCase()}"` }
    this.#documents.set(clean, document)
    return document
  }
  #build(path: string): unknown {
    if (path === '/openapi/v2') return openApiV2(this.#kinds)
    if (path === '/openapi/v3') return openApiV3Index(this.#kinds, groupVersion => this.#documentAt(groupVersion)?.etag ?? '')
    const groupVersion = groupVersionAt(path)
    return groupVersion ? openApiV3(this.#kinds, groupVersion) : undefined
  }
}

const groupVersionAt = (path: string): string | undefined => /^\/openapi\/v3\/(?:api|apis)\/(.+)$/.exec(path)?.[1]
const differences = (kinds: readonly Kind[], others: readonly Kind[]): Kind[] => {
  const known = new Set(others)
  return kinds.filter(kind => !known.has(kind))
}
