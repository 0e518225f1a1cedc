import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Agent as PlainAgent, request as plainRequest, type AgentOptions, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { ClientConfig, KeyPair } from './client-config.ts'
import { ConnectionError, errorOfResponse } from './status-error.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly contentType?: string
  /** JSON unless told otherwise. */
  readonly accept?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Requests to one API server with one identity. Throws ApiError for answers above 399, ConnectionError where there was no answer. */
export interface Transport {
  /** The parsed JSON body of the answer. */
  request(request: HttpRequest): Promise<unknown>
  /** The answer itself, its body still to come. */
  open(request: HttpRequest): Promise<IncomingMessage>
  /** The server is part of this process. */
  readonly inProcess: boolean
  /** Closes idle connections. */
  close(): void
}

const idempotent = new Set(['GET', 'PUT', 'DELETE'])
const keepAliveMsecs = 15_000

export function createTransport(config: ClientConfig): Transport {
  const base = new URL(config.server)
  const { connect } = config
  const agent = (options: AgentOptions) =>
    connect ? Object.assign(new PlainAgent(options), { createConnection: connect }) : new Agent(options)
  // Watches stay open for minutes: they must not use up the connections of ordinary requests.
  const agents = { request: agent({ keepAlive: true, keepAliveMsecs, maxSockets: 64 }), stream: agent({ keepAlive: true, keepAliveMsecs }) }
  const credentials = new Credentials(config)
  const timeout = (config.timeoutSeconds ?? 60) * 1000

  const send = async (request: HttpRequest, connection: { agent: PlainAgent; timeout?: number }): Promise<IncomingMessage> => {
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body))
    const authorization = await credentials.authorization()
    const options: RequestOptions = {
      ...connection,
      method: request.method,
      hostname: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port || 443,
      path: base.pathname.replace(/\/$/, '') + request.path,
      ...(connect ? {} : credentials.tls()),
      headers: {
        Accept: request.accept ?? 'application/json',
        'User-Agent': config.userAgent ?? 'kubeling',
        ...(authorization ? { Authorization: authorization } : {}),
        ...(body ? { 'Content-Type': request.contentType ?? 'application/json', 'Content-Length': body.length } : {}),
      },
      ...(request.signal ? { signal: request.signal } : {}),
    }
    const began = performance.now()
    const answered =
      config.answered &&
      ((code?: number) => config.answered?.({ method: request.method, host: base.host, code, seconds: (performance.now() - began) / 1000 }))
    return exchange(() => (connect ? plainRequest(options) : httpsRequest(options)), body, { ...request, answered })
  }

  return {
    async request(request) {
      const response = await send(request, { agent: agents.request, timeout })
      const text = await readAll(response, request)
      return text === '' ? undefined : (JSON.parse(text) as unknown)
    },
    inProcess: connect !== undefined,
    open: request => send(request, { agent: agents.stream }),
    close() {
      agents.request.destroy()
      agents.stream.destroy()
    },
  }
}

/** One HTTP exchange up to the answer's head. A connection that the server had closed in the meantime is replaced once. */
async function exchange(
  begin: () => ClientRequest,
  body: Buffer | undefined,
  request: HttpRequest & { readonly answered: ((code?: number) => void) | undefined },
): Promise<IncomingMessage> {
  for (let attempt = 1; ; attempt++) {
    const sent = begin()
    sent.on('timeout', () => sent.destroy(new ConnectionError(`${request.method} ${request.path}: timed out`)))
    sent.end(body)
    try {
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      request.answered?.(response.statusCode)
      if ((response.statusCode ?? 500) < 400) return response
      throw errorOfResponse(response.statusCode ?? 500, await readAll(response, request))
    } catch (error) {
      if (!isSystemError(error)) throw error
      if (sent.reusedSocket && attempt === 1 && idempotent.has(request.method) && !request.signal?.aborted) continue
      request.answered?.()
      throw failure(request, error)
    }
  }
}

const isSystemError = (error: unknown): error is Error =>
  error instanceof Error && ('code' in error || error.name === 'AbortError') && error.name !== 'ApiError'

const failure = (request: HttpRequest, cause: Error): ConnectionError =>
  new ConnectionError(`${request.method} ${request.path}: ${cause.name === 'AbortError' ? 'aborted or timed out' : cause.message}`, {
    cause,
  })

async function readAll(response: IncomingMessage, request: HttpRequest): Promise<string> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer)
  } catch (error) {
    throw error instanceof Error ? failure(request, error) : error
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The TLS options and Authorization header of a configuration, fresh for every request. */
class Credentials {
  readonly #config: ClientConfig
  #fileToken: { readonly text: string; readonly readAt: number } | undefined
  /** One context for all connections with one certificate: making it reads every certificate in it. */
  #made: { readonly pair: KeyPair | undefined; readonly context: SecureContext } | undefined

  constructor(config: ClientConfig) {
    this.#config = config
  }

  tls(): RequestOptions & { readonly secureContext: SecureContext } {
    const { certificate, ca, insecureSkipTlsVerify, tlsServerName } = this.#config
    const pair = typeof certificate === 'function' ? certificate() : certificate
    // What the connections are made with; and, under the same names, what tells those of one certificate from those of the next.
    const material = { ...(ca === undefined ? {} : { ca }), ...(pair ? { cert: pair.cert, key: pair.key } : {}) }
    if (!this.#made || this.#made.pair !== pair) this.#made = { pair, context: createSecureContext(material) }
    return {
      ...material,
      secureContext: this.#made.context,
      ...(insecureSkipTlsVerify ? { rejectUnauthorized: false } : {}),
      ...(tlsServerName === undefined ? {} : { servername: tlsServerName }),
    }
  }

  async authorization(): Promise<string | undefined> {
    const { token, tokenFile } = this.#config
    if (token !== undefined) return `Bearer ${token}`
    if (tokenFile === undefined) return undefined
    if (!this.#fileToken || Date.now() - this.#fileToken.readAt > 60_000) {
      this.#fileToken = { text: (await readFile(tokenFile, 'utf8')).trim(), readAt: Date.now() }
    }
    return `Bearer ${this.#fileToken.text}`
  }
}
