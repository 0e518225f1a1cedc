import type { Pod } from '../../api/core/pod.ts'
import { ServiceAccount } from '../../api/core/service-account.ts'
import type { Client } from '../../client/client.ts'
import type { Clock } from '../../common/clock.ts'
import { messageOf } from '../../common/error-message.ts'

interface TokenAnswer {
  readonly status: { readonly token: string; readonly expirationTimestamp: string }
}
interface Token {
  readonly value: Promise<string>
  /** Milliseconds from which on a new one is due. */
  refreshAt: number
  expiresAt: number
}
export interface TokenWish {
  readonly audience?: string | undefined
  readonly expirationSeconds?: number | undefined
}

const dayMs = 86_400_000

/** Tokens of pods' service accounts, asked for once and again when 80 % of their life (or a day) has passed. */
export class TokenSource {
  readonly #tokens = new Map<string, Token>()
  readonly #client: Pick<Client, 'post'>
  readonly #clock: Clock

  constructor(client: Pick<Client, 'post'>, clock: Clock) {
    this.#client = client
    this.#clock = clock
  }

  async get(pod: Pod, { audience, expirationSeconds = 3600 }: TokenWish): Promise<string> {
    const key = `${pod.metadata.uid}/${audience ?? ''}/${expirationSeconds}`
    const now = this.#clock.now().getTime()
    const known = this.#tokens.get(key)
    if (known && now < known.refreshAt) return await known.value
    const token: Token = {
      refreshAt: Infinity,
      expiresAt: Infinity,
      value: this.#request(pod, { audience, expirationSeconds }, life => Object.assign(token, life)),
    }
    this.#tokens.set(key, token)
    try {
      return await token.value
    } catch (error) {
      if (!known) this.#tokens.delete(key)
      else this.#tokens.set(key, known)
      if (!known) throw new Error(`failed to fetch token: ${messageOf(error)}`, { cause: error })
      // The old one serves for as long as it is valid.
      if (now < known.expiresAt) return await known.value
      throw new Error(`token ${key} expired and refresh failed: ${messageOf(error)}`, { cause: error })
    }
  }

  forget(podUid: string): void {
    for (const key of this.#tokens.keys()) if (key.startsWith(`${podUid}/`)) this.#tokens.delete(key)
  }

  async #request(pod: Pod, wish: TokenWish, setLife: (life: Pick<Token, 'refreshAt' | 'expiresAt'>) => void): Promise<string> {
    const { name, namespace, uid } = pod.metadata
    const asked = this.#clock.now().getTime()
    const target = { name: pod.spec.serviceAccountName || 'default', namespace, subresource: 'token' }
    const { status } = await this.#client.post<TokenAnswer>(ServiceAccount, target, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        ...(wish.audience ? { audiences: [wish.audience] } : {}),
        ...(wish.expirationSeconds ? { expirationSeconds: wish.expirationSeconds } : {}),
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    })
    const expiresAt = Date.parse(status.expirationTimestamp)
    setLife({ expiresAt, refreshAt: asked + Math.min((expiresAt - asked) * 0.8, dayMs) })
    return status.token
  }
}
