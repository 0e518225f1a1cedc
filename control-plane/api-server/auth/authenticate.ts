import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { unauthorized } from '../../../api/errors.ts'
import type { Clock } from '../../../common/clock.ts'
import type { Authenticator, Lookup, User } from '../interfaces.ts'
import { bootstrapUser } from './bootstrap-token.ts'
import { ClientCertificates } from './client-certificate.ts'
import { authenticated, masters } from '../rbac/groups.ts'
import type { TokenIssuer } from './service-account-token.ts'
import { serviceAccountUser } from './service-account-user.ts'
import { publicPaths } from '../rbac/system-rules.ts'

export interface Credentials {
  readonly lookup: Lookup
  readonly tokens: TokenIssuer
  readonly clock: Clock
  /** A token that is an administrator; absent: none is. */
  readonly adminToken?: string | undefined
}

/** Whose token of this process it is, if it is one: the server's own components have them. */
export type OwnTokens = (token: string) => User | undefined

/** The user of a bearer token for any of `audiences`, or undefined when the token is not good; TokenReview asks this too. */
export type TokenAuthenticator = (token: string, audiences?: readonly string[]) => Promise<User | undefined>

/** Whose bearer tokens are. */
export function createTokenAuthenticator({ lookup, tokens, clock, adminToken }: Credentials): TokenAuthenticator {
  return async (token, audiences = [tokens.issuer]) => {
    const now = clock.now()
    if (adminToken && sameText(token, adminToken)) return { name: 'kubernetes-admin', groups: [masters, authenticated] }
    const claims = token.split('.').length === 3 ? await tokens.read(token, audiences) : undefined
    if (claims) return serviceAccountUser(claims, lookup, now)
    return bootstrapUser(token, lookup, now)
  }
}

/**
 * Client certificates first, then bearer tokens; a credential that is presented and not good is refused, never ignored. Nobody
 * stays anonymous but those who ask how the server is or what version it has.
 */
export function createAuthenticator(credentials: Credentials, ownUser: OwnTokens = () => undefined): Authenticator {
  const certificates = new ClientCertificates()
  const userOf = createTokenAuthenticator(credentials)
  return {
    async authenticate(request) {
      const byCertificate = certificates.authenticate(request)
      if (byCertificate) return byCertificate
      const token = bearerToken(request)
      if (token === undefined) {
        if (isPublic(request.url ?? '/')) return undefined
        throw unauthorized()
      }
      const user = ownUser(token) ?? (await userOf(token))
      if (!user) throw unauthorized()
      return user
    },
  }
}

const isPublic = (url: string) => publicPaths.includes(url.replace(/\?.*$/s, ''))

const webSocketTokenPrefix = 'base64url.bearer.authorization.k8s.io.'

/** From the Authorization header or, for browsers' WebSockets, from the list of protocols; throws for other schemes. */
function bearerToken({ headers }: IncomingMessage): string | undefined {
  if (headers.authorization !== undefined) {
    const [, token] = /^bearer +(\S+)$/i.exec(headers.authorization.trim()) ?? []
    if (!token) throw unauthorized()
    return token
  }
  const protocols = String(headers['sec-websocket-protocol'] ?? '').split(',')
  const encoded = protocols.map(protocol => protocol.trim()).find(protocol => protocol.startsWith(webSocketTokenPrefix))
  return encoded === undefined ? undefined : Buffer.from(encoded.slice(webSocketTokenPrefix.length), 'base64url').toString('utf8')
}

const sameText = (a: string, b: string) => Buffer.byteLength(a) === Buffer.byteLength(b) && timingSafeEqual(Buffer.from(a), Buffer.from(b))
