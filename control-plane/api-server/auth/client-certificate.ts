import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { unauthorized } from '../../../api/errors.ts'
import type { User } from '../interfaces.ts'
import { authenticated } from '../rbac/groups.ts'

/**
 * Users by client certificate: the common name is the user, organizations are groups. A connection is looked at once, since
 * its certificate cannot change.
 */
export class ClientCertificates {
  readonly #known = new WeakMap<TLSSocket, User>()

  /** Undefined when the connection brought no certificate; throws when it brought one that is not ours. */
  authenticate({ socket }: IncomingMessage): User | undefined {
    if (!(socket instanceof TLSSocket)) return undefined
    const known = this.#known.get(socket)
    if (known) return known
    const { subject, fingerprint256 } = socket.getPeerCertificate()
    if (!subject) return undefined
    if (!socket.authorized) throw unauthorized()
    const user = userOf(subject, fingerprint256)
    this.#known.set(socket, user)
    return user
  }
}

function userOf(subject: { CN?: string | string[]; O?: string | string[] }, fingerprint: string): User {
  const name = [subject.CN].flat()[0]
  if (!name) throw unauthorized()
  const groups = [subject.O ?? []].flat()
  const credential = `X509SHA256=${fingerprint.replaceAll(':', '').toLowerCase()}`
  return { name, groups: [...groups, authenticated], extra: { 'authentication.kubernetes.io/credential-id': [credential] } }
}
