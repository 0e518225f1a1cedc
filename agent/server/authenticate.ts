import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { AnswerCache } from './answer-cache.ts'
import { HttpError } from './http-error.ts'

/** Who asks the agent. */
export interface Caller {
  readonly name: string
  readonly groups: readonly string[]
  readonly uid?: string
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** Whose token it is, as the API server says; undefined: nobody's. */
export type TokenReviewer = (token: string) => Promise<Caller | undefined>

/** As long as upstream believes an answer about a token. */
const tokenMs = 2 * 60_000
const authenticated = 'system:authenticated'

interface Subject {
  readonly CN?: string | string[]
  readonly O?: string | string[]
}
const list = (value: string | string[] | undefined): string[] => (value === undefined ? [] : [value].flat())

/** By client certificate of the cluster, else by bearer token; nobody is anonymous. */
export class Authenticator {
  readonly #review: TokenReviewer | undefined
  readonly #tokens = new AnswerCache<Caller | undefined>(caller => (caller ? tokenMs : 0))

  constructor(review?: TokenReviewer) {
    this.#review = review
  }

  /** Throws 401 when it is not known who asks. */
  async authenticate({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): Promise<Caller> {
    const connection = socket as TLSSocket
    if (connection.authorized) {
      const subject: Subject = connection.getPeerCertificate().subject
      return { name: list(subject.CN)[0] ?? '', groups: [...list(subject.O), authenticated] }
    }
    const [, token] = /^bearer +(\S+)$/i.exec(headers.authorization?.trim() ?? '') ?? []
    const review = this.#review
    if (!token || !review) throw new HttpError(401, 'Unauthorized')
    const caller = await this.#tokens.get(token, () => review(token))
    if (!caller) throw new HttpError(401, 'Unauthorized')
    return caller
  }
}
