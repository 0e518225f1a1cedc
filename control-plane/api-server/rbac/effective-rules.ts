import type { Attributes, Decision, Lookup, User } from '../interfaces.ts'
import { grantsOf } from './grants.ts'
import { ruleAllows, type EffectiveRules, type Rule } from './rules.ts'
import { rulesByGroup, rulesByUser } from './system-rules.ts'

/** Rules that hold whatever the RBAC objects say: the system could not repair itself without them. */
export const systemRulesOf = (user: User): readonly Rule[] => [
  ...(rulesByUser[user.name] ?? []),
  ...user.groups.flatMap(group => rulesByGroup[group] ?? []),
]

/** What a user may do in a namespace ('' for none): by the system's rules and by the RBAC objects. Upstream's RulesFor. */
export function effectiveRules(user: User, namespace: string, lookup: Lookup): EffectiveRules {
  const { grants, errors } = grantsOf(user, namespace, lookup)
  const system = systemRulesOf(user).filter(rule => rule.namespaces === undefined || rule.namespaces.includes(namespace))
  // Some of the system's rules are bound as roles as well, for people to see.
  const different = new Map([...system, ...grants.map(({ rule }) => rule)].map(rule => [JSON.stringify(rule), rule]))
  return { rules: [...different.values()], errors }
}

/** Upstream's RBAC authorizer, with its reasons. */
export function authorizeByRoles(user: User, attributes: Attributes, lookup: Lookup): Decision {
  const { grants, errors } = grantsOf(user, attributes.type === 'resource' ? attributes.namespace : '', lookup)
  const grant = grants.find(({ rule }) => ruleAllows(rule, attributes))
  if (grant) return { allowed: true, reason: `RBAC: allowed by ${grant.by}` }
  return { allowed: false, reason: errors.length > 0 ? `RBAC: ${aggregated(errors)}` : '' }
}

/** As upstream puts several errors into one text: each once. */
function aggregated(errors: readonly string[]): string {
  const different = [...new Set(errors)]
  return different.length === 1 ? (different[0] ?? '') : `[${different.join(', ')}]`
}
