import type { Attributes, Authorizer, Decision, Lookup, User } from '../interfaces.ts'
import { anonymous, masters, nodeNameOf, unauthenticated } from './groups.ts'
import { authorizeNode } from './authorize-node.ts'
import { ruleAllows, type Rule } from './rules.ts'
import { rulesByGroup, rulesByUser } from './system-rules.ts'

/** Who a request without credentials is. */
export const anonymousUser: User = { name: anonymous, groups: [unauthenticated] }

/** Denies unless something allows: the administrators' group, a rule for the user or one of its groups, the node authorizer. */
export function createAuthorizer(lookup: Lookup): Authorizer {
  return {
    authorize(user: User, attributes: Attributes): Decision {
      if (user.groups.includes(masters)) return 'allow'
      if (rulesOf(user).some(rule => ruleAllows(rule, attributes))) return 'allow'
      const node = nodeNameOf(user)
      return node === undefined ? { deny: '' } : authorizeNode(node, attributes, lookup)
    },
  }
}

const rulesOf = (user: User): readonly Rule[] => [
  ...(rulesByUser[user.name] ?? []),
  ...user.groups.flatMap(group => rulesByGroup[group] ?? []),
]
