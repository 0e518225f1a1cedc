import type { Attributes, Authorizer, Decision, Lookup, User } from '../interfaces.ts'
import { authorizeByRoles, systemRulesOf } from '../rbac/effective-rules.ts'
import { anonymous, masters, nodeNameOf, unauthenticated } from '../rbac/groups.ts'
import { ruleAllows } from '../rbac/rules.ts'
import { authorizeNode } from './authorize-node.ts'

/** Who a request without credentials is. */
export const anonymousUser: User = { name: anonymous, groups: [unauthenticated] }

/**
 * Denies unless something allows: the administrators' group, a rule of the system for the user or one of its groups, the node
 * authorizer, a role that is bound to the user. A refusal has the reasons of all that were asked.
 */
export function createAuthorizer(lookup: Lookup): Authorizer {
  return {
    authorize(user: User, attributes: Attributes): Decision {
      if (user.groups.includes(masters)) return { allowed: true, reason: '' }
      if (systemRulesOf(user).some(rule => ruleAllows(rule, attributes))) return { allowed: true, reason: '' }
      const node = nodeNameOf(user)
      const byNode = node === undefined ? undefined : authorizeNode(node, attributes, lookup)
      if (byNode?.allowed) return byNode
      const byRoles = authorizeByRoles(user, attributes, lookup)
      if (byRoles.allowed || !byNode) return byRoles
      return { allowed: false, reason: [byNode.reason, byRoles.reason].filter(Boolean).join('\n') }
    },
  }
}
