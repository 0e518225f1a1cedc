import { TokenReview } from '../api/authentication/token-review.ts'
import { SubjectAccessReview } from '../api/authorization/subject-access-review.ts'
import type { Client } from '../client/client.ts'
import type { TokenReviewer } from './server/authenticate.ts'
import type { AccessReviewer } from './server/authorize.ts'

/** Lets the API server say whose token it is, and who may do what with this node: upstream's delegated authentication. */
export function delegatedAccess(
  client: Pick<Client, 'create'>,
  nodeName: string,
): { reviewToken: TokenReviewer; reviewAccess: AccessReviewer } {
  return {
    async reviewToken(token) {
      const { status } = await client.create(TokenReview, { metadata: {}, spec: { token } })
      if (!status.authenticated) return undefined
      const { username = '', groups = [], uid, extra } = status.user ?? {}
      return { name: username, groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) }
    },
    async reviewAccess({ name, groups, uid, extra }, { verb, subresource }) {
      const { status } = await client.create(SubjectAccessReview, {
        metadata: {},
        spec: {
          user: name,
          groups: [...groups],
          ...(uid ? { uid } : {}),
          ...(extra ? { extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]])) } : {}),
          resourceAttributes: { verb, version: 'v1', resource: 'nodes', subresource, name: nodeName },
        },
      })
      return status.allowed ?? false
    },
  }
}
