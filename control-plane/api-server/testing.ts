import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Kind } from '../../api/kind.ts'
import { builtInKinds } from '../../api/kinds.ts'
import { createAuthority, issueCertificate } from '../../common/certificates.ts'
import { createLogger } from '../../common/log.ts'
import { temporaryStore } from '../store/testing.ts'
import { createApiServer, type ApiServerOptions } from './server.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly bytes: Buffer
  // Tests look into whatever came back.
  readonly body: Record<string, never> & { readonly [name: string]: unknown }
}

export interface WatchedEvent {
  readonly type: string
  readonly object: {
    readonly kind: string
    readonly metadata: { readonly name: string; readonly resourceVersion: string }
    readonly [name: string]: unknown
  }
}

export interface Call {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const admin = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }

/** A real API server over a real store that lets everybody do everything; it goes when the test does. */
export async function startApiServer(options: Partial<ApiServerOptions> & { readonly extraKinds?: readonly Kind[] } = {}) {
  const temporary = await temporaryStore()
  const ca = await createAuthority('kubeling-test')
  const serving = await issueCertificate(ca, { commonName: 'kube-apiserver', names: ['localhost', '127.0.0.1'], usages: ['server'] })
  const client = await issueCertificate(ca, { commonName: 'kube-apiserver-kubelet-client', usages: ['client'] })
  const server = createApiServer({
    store: temporary.store,
    kinds: [...builtInKinds, ...(options.extraKinds ?? [])],
    authenticator: { authenticate: async () => admin },
    authorizer: { authorize: () => ({ allowed: true, reason: '' }) },
    admission: { mutate: async ({ object }) => object ?? {}, validate: async () => undefined },
    tls: { ...serving, ca: ca.cert },
    kubeletClient: { ...client, ca: ca.cert },
    serviceCidr: '10.96.0.0/16',
    advertiseAddress: '10.0.0.10',
    log: createLogger({ level: 'error' }),
    ...options,
  })
  const port = await server.listen(0, '127.0.0.1')
  const call = (method: string, path: string, { body, headers = {} }: Call = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
      const contentType = text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }
      const outgoing = httpsRequest(
        { port, host: '127.0.0.1', path, method, ca: ca.cert, headers: { ...contentType, ...headers } },
        incoming => {
          const chunks: Buffer[] = []
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
          incoming.on('error', (error: Error) =>
            reject(
              new Error(
                `${method} ${path}: ${incoming.statusCode} ${JSON.stringify(incoming.headers)} ${Buffer.concat(chunks).toString().slice(0, 200)}`,
                { cause: error },
              ),
            ),
          )
          incoming.on('end', () => {
            const bytes = Buffer.concat(chunks)
            const text = bytes.toString()
            const json = text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : ({} as Answer['body'])
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, bytes, body: json })
          })
        },
      )
      outgoing.on('error', reject)
      outgoing.end(text)
    })
  /** The bytes of a watch, as they come, until the caller stops asking. */
  async function* watchBytes(path: string, headers: Call['headers'] = {}): AsyncGenerator<Buffer> {
    const outgoing = httpsRequest({ port, host: '127.0.0.1', path, ca: ca.cert, headers: { ...headers } }).end()
    try {
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
      // Ending early breaks the stream off, which is no error here.
      incoming.on('error', () => undefined)
      for await (const chunk of incoming) yield chunk as Buffer
    } finally {
      outgoing.destroy()
    }
  }
  /** The events of a watch. */
  async function* watch(path: string, headers: Call['headers'] = {}): AsyncGenerator<WatchedEvent> {
    let rest = ''
    for await (const chunk of watchBytes(path, headers)) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield JSON.parse(line) as WatchedEvent
    }
  }
  return {
    watch,
    watchBytes,
    port,
    ca,
    server,
    store: temporary.store,
    call,
    async [Symbol.asyncDispose](): Promise<void> {
      await server.close()
      await temporary[Symbol.asyncDispose]()
    },
  }
}
