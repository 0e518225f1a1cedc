import { request as httpsRequest, type RequestOptions } from 'node:https'
import { connect as connectTls } from 'node:tls'
import type { WebhookClientConfig } from '../../../../api/admissionregistration/webhook.ts'
import type { ServiceConnector } from '../../interfaces.ts'
import { goNetworkError } from './go-network-error.ts'

export interface WebhookCall {
  readonly clientConfig: WebhookClientConfig
  readonly timeoutSeconds: number
  readonly body: object
}
/** The parsed body of the answer; throws an Error that says in Go's words why there is none. */
export type CallWebhook = (call: WebhookCall) => Promise<unknown>

/** No honest answer is longer. */
const longestAnswer = 8 * 1024 * 1024

/** Calls webhooks over HTTPS: at an address, or as a service through whatever reaches its pods. */
export const webhookCaller =
  (services: ServiceConnector): CallWebhook =>
  async ({ clientConfig, timeoutSeconds, body }) => {
    const url = new URL(urlOf(clientConfig))
    url.searchParams.set('timeout', `${timeoutSeconds}s`)
    const where = `Post "${url.href}"`
    const signal = AbortSignal.timeout(timeoutSeconds * 1000)
    try {
      const answer = await post(url, JSON.stringify(body), { ...(await transportOf(clientConfig, services, url)), signal })
      return readAnswer(answer)
    } catch (error) {
      if (error instanceof AnswerError) throw error
      const why = signal.aborted ? 'context deadline exceeded' : goNetworkError(error, url)
      throw new Error(`${where}: ${why}`, { cause: error })
    }
  }

function urlOf({ url, service }: WebhookClientConfig): string {
  if (url !== undefined) return url
  if (!service) throw new Error('webhook configuration must have either service or URL')
  const path = service.path ?? ''
  return `https://${service.name}.${service.namespace}.svc:${service.port ?? 443}${path.startsWith('/') || path === '' ? path : `/${path}`}`
}

/** Without a bundle the certificates that this machine trusts count. */
async function transportOf({ service, caBundle }: WebhookClientConfig, services: ServiceConnector, url: URL): Promise<RequestOptions> {
  const ca = caBundle ? { ca: Buffer.from(String(caBundle), 'base64') } : {}
  if (!service) return ca
  const { namespace, name, port = 443 } = service
  const stream = await services.connect({ namespace, name, port })
  return { createConnection: () => connectTls({ socket: stream, servername: url.hostname, ...ca }) }
}

interface HttpAnswer {
  readonly code: number
  readonly text: string
}

const post = (url: URL, text: string, options: RequestOptions): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'Content-Length': Buffer.byteLength(text) }
    const outgoing = httpsRequest(
      url,
      { ...options, method: 'POST', headers: { ...headers, 'User-Agent': 'kube-apiserver-admission' } },
      incoming => {
        const chunks: Buffer[] = []
        let size = 0
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > longestAnswer) incoming.destroy(new Error('http: response body too large'))
          else chunks.push(chunk)
        })
        incoming.on('error', reject)
        incoming.on('end', () => resolve({ code: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
      },
    )
    outgoing.on('error', reject)
    outgoing.end(text)
  })

/** The webhook was reached and what it said is no answer. */
class AnswerError extends Error {}

function readAnswer({ code, text }: HttpAnswer): unknown {
  if (code === 404) throw new AnswerError('the server could not find the requested resource')
  if (code >= 500)
    throw new AnswerError(`an error on the server (${JSON.stringify(text.trim())}) has prevented the request from succeeding`)
  if (code >= 400) throw new AnswerError(`the server rejected our request for an unknown reason`)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AnswerError(`couldn't get version/kind; json parse error: ${(error as Error).message}`, { cause: error })
  }
}
