import { request as httpRequest, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { APIService } from '../../../api/apiregistration/api-service.ts'
import { messageOf } from '../../../common/error-message.ts'
import type { Backend } from '../endpoints/backend-proxy.ts'
import { secured, type Dialer } from '../endpoints/dialer.ts'
import { PlainError } from '../endpoints/error-handler.ts'
import type { TlsIdentity, User } from '../interfaces.ts'

export interface Address {
  readonly ip: string
  readonly port: number
}

/** Who this server is to the servers behind it. */
export type FrontProxy = Pick<TlsIdentity, 'cert' | 'key'>

const checkMs = 5_000

/** Upstream's SetAuthProxyHeaders: whom the request is from, for a server that trusts our certificate. */
export function userHeaders({ name, uid, groups, extra = {} }: User): Record<string, string | string[]> {
  const extras = Object.entries(extra).map(
    ([key, values]) => [`x-remote-extra-${encodeURIComponent(key.toLowerCase())}`, [...values]] as const,
  )
  return {
    'x-remote-user': name,
    ...(uid ? { 'x-remote-uid': uid } : {}),
    ...(groups.length > 0 ? { 'x-remote-group': [...groups] } : {}),
    ...Object.fromEntries(extras),
  }
}

/** The way to the server of an APIService, trusted as its spec says. */
export function backendOf(
  { spec }: APIService,
  to: {
    readonly address: Address
    readonly path: string
    readonly user: User
    readonly dialer: Pick<Dialer, 'dial'>
    readonly frontProxy?: FrontProxy | undefined
  },
): Backend {
  const { address, user, dialer, frontProxy } = to
  const { name = '', namespace = '' } = spec.service ?? {}
  return {
    path: to.path,
    prefix: '',
    host: `${address.ip}:${address.port}`,
    headers: userHeaders(user),
    connect: async () =>
      secured(await dialer.dial(address.ip, address.port), {
        ...frontProxy,
        servername: `${name}.${namespace}.svc`,
        rejectUnauthorized: !spec.insecureSkipTLSVerify,
        ...(spec.caBundle ? { ca: Buffer.from(spec.caBundle, 'base64') } : {}),
      }),
    unreachable: error => new PlainError(503, `error trying to reach service: ${messageOf(error)}`),
  }
}

const checker: User = { name: 'system:kube-aggregator', groups: ['system:masters'] }

/** GET by this server itself, which does not ask who answers, as upstream's check does not; rejects in upstream's words unless it is 2xx. */
export async function askRemote(
  path: string,
  {
    address,
    dialer,
    frontProxy,
  }: { readonly address: Address; readonly dialer: Pick<Dialer, 'dial'>; readonly frontProxy?: FrontProxy | undefined },
): Promise<string> {
  const url = `https://${address.ip}:${address.port}${path}`
  const signal = AbortSignal.timeout(checkMs)
  let socket: Duplex | undefined
  try {
    socket = await secured(await dialer.dial(address.ip, address.port), { ...frontProxy, servername: '', rejectUnauthorized: false })
    const connection = socket as TLSSocket
    const headers = { host: `${address.ip}:${address.port}`, accept: 'application/json', connection: 'close', ...userHeaders(checker) }
    const outgoing = httpRequest({ createConnection: () => connection, path, headers, signal }).end()
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    const { statusCode = 0 } = incoming
    const body = await text(incoming)
    if (statusCode < 200 || statusCode > 299) throw new Error(`bad status from ${url}: ${statusCode}`)
    return body
  } catch (error) {
    const cause =
      error instanceof Error && error.message.startsWith('bad status') ? error.message : `Get ${JSON.stringify(url)}: ${messageOf(error)}`
    throw new Error(`failing or missing response from ${url}: ${cause}`, { cause: error })
  } finally {
    socket?.destroy()
  }
}
