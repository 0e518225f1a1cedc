import { randomUUID } from 'node:crypto'
import { importJWK, jwtVerify, SignJWT, type JWTPayload } from 'jose'
import { signingAlgorithm, type SigningKey } from './service-account-keys.ts'

interface Reference {
  readonly name: string
  readonly uid: string
}
/** What a token says about where it belongs: the `kubernetes.io` claim. */
export interface TokenBinding {
  readonly namespace: string
  readonly serviceaccount: Reference
  readonly pod?: Reference
  readonly secret?: Reference
  readonly node?: Reference
}
export interface TokenClaims extends JWTPayload {
  readonly 'kubernetes.io': TokenBinding & { readonly warnafter?: number }
}
export interface NewToken {
  readonly audiences: readonly string[]
  readonly binding: TokenBinding
  readonly expirationSeconds: number
  /** Seconds after which the owner should have asked for another one; the token works on. */
  readonly warnAfterSeconds?: number
}

/** Issues and reads service account tokens. Whether what they are bound to still exists is for the caller to ask. */
export interface TokenIssuer {
  readonly issuer: string
  issue(token: NewToken, now: Date): Promise<string>
  /** The claims of one of our tokens for one of `audiences`; undefined when it is expired, forged, foreign or no token at all. */
  read(token: string, audiences: readonly string[]): Promise<TokenClaims | undefined>
}

export function createTokenIssuer(key: SigningKey, issuer: string): TokenIssuer {
  const publicKey = importJWK(key.publicJwk, signingAlgorithm)
  return {
    issuer,
    issue({ audiences, binding, expirationSeconds, warnAfterSeconds }, now) {
      const seconds = Math.floor(now.getTime() / 1000)
      const warnafter = warnAfterSeconds === undefined ? {} : { warnafter: seconds + warnAfterSeconds }
      return new SignJWT({ 'kubernetes.io': { ...binding, ...warnafter } })
        .setProtectedHeader({ alg: signingAlgorithm, kid: key.id })
        .setIssuer(issuer)
        .setAudience([...audiences])
        .setSubject(`system:serviceaccount:${binding.namespace}:${binding.serviceaccount.name}`)
        .setJti(randomUUID())
        .setIssuedAt(seconds)
        .setNotBefore(seconds)
        .setExpirationTime(seconds + expirationSeconds)
        .sign(key.privateKey)
    },
    async read(token, audiences) {
      try {
        const { payload } = await jwtVerify(token, await publicKey, { issuer, audience: [...audiences], algorithms: [signingAlgorithm] })
        return isTokenClaims(payload) ? payload : undefined
      } catch (error) {
        if (isVerdict(error)) return undefined
        throw error
      }
    },
  }
}

/** jose's way of saying that a token is not good, as opposed to something being broken. */
const isVerdict = (error: unknown): boolean => error instanceof Error && 'code' in error && /^ERR_J(WT|WS|OSE)_/.test(String(error.code))

const isTokenClaims = (payload: JWTPayload): payload is TokenClaims =>
  typeof payload['kubernetes.io'] === 'object' && payload['kubernetes.io'] !== null && 'serviceaccount' in payload['kubernetes.io']
