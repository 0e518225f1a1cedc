import { ClusterRoleBinding } from '../../../api/rbac/cluster-role-binding.ts'
import { ClusterRole } from '../../../api/rbac/cluster-role.ts'
import type { PolicyRule } from '../../../api/rbac/policy-rule.ts'
import { RoleBinding } from '../../../api/rbac/role-binding.ts'
import type { RoleRef, Subject } from '../../../api/rbac/role-ref.ts'
import { Role } from '../../../api/rbac/role.ts'
import type { Lookup, User } from '../interfaces.ts'
import { serviceAccountUserName } from './groups.ts'
import type { Rule } from './rules.ts'

/** A rule that somebody has, and through what. */
export interface Grant {
  readonly rule: Rule
  /** Upstream's words: `ClusterRoleBinding "b" of ClusterRole "r" to User "u"`. */
  readonly by: string
}

export interface Grants {
  readonly grants: readonly Grant[]
  /** What could not be resolved: bindings of roles that are not there. */
  readonly errors: readonly string[]
}

/** What the RBAC objects give a user, in the whole cluster and in one namespace ('' for none). Upstream's VisitRulesFor. */
export function grantsOf(user: User, namespace: string, lookup: Lookup): Grants {
  const wide = lookup.list(ClusterRoleBinding).map(binding => resolved(user, { binding, namespace: '', lookup }))
  const local = namespace === '' ? [] : lookup.list(RoleBinding, namespace).map(binding => resolved(user, { binding, namespace, lookup }))
  const all = [...wide, ...local]
  return { grants: all.flatMap(({ grants }) => grants), errors: all.flatMap(({ errors }) => errors) }
}

interface Binding {
  readonly binding: ClusterRoleBinding | RoleBinding
  /** '' for a ClusterRoleBinding. */
  readonly namespace: string
  readonly lookup: Lookup
}
const nothing: Grants = { grants: [], errors: [] }

function resolved(user: User, { binding, namespace, lookup }: Binding): Grants {
  const subject = binding.subjects?.find(each => isMeant(each, user, namespace))
  if (!subject) return nothing
  const { roleRef } = binding
  const rules = rulesOfRole(roleRef, namespace, lookup)
  if (!rules) return { grants: [], errors: [`${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io "${roleRef.name}" not found`] }
  const { name } = binding.metadata
  const kindAndName = namespace === '' ? `ClusterRoleBinding "${name}"` : `RoleBinding "${name}/${namespace}"`
  const by = `${kindAndName} of ${roleRef.kind} "${roleRef.name}" to ${described(subject, namespace)}`
  return { grants: rules.map(rule => ({ rule: ruleOf(rule), by })), errors: [] }
}

/** The rules of the role that a binding in this namespace ('' for all) names; undefined when there is no such role. */
export const rulesOfRole = ({ kind, name }: RoleRef, namespace: string, lookup: Lookup): readonly PolicyRule[] | undefined =>
  kind === 'Role' ? lookup.get(Role, { namespace, name })?.rules : lookup.get(ClusterRole, { namespace: '', name })?.rules

function isMeant({ kind, name, namespace }: Subject, user: User, bindingNamespace: string): boolean {
  if (kind === 'User') return user.name === name
  if (kind === 'Group') return user.groups.includes(name)
  return kind === 'ServiceAccount' && user.name === serviceAccountUserName(namespace || bindingNamespace, name)
}

const described = ({ kind, name, namespace }: Subject, bindingNamespace: string): string =>
  kind === 'ServiceAccount' ? `ServiceAccount "${name}/${namespace || bindingNamespace}"` : `${kind} "${name}"`

/** In our own terms: no names are all names. */
export const ruleOf = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): Rule => ({
  verbs,
  ...(apiGroups ? { groups: apiGroups } : {}),
  ...(resources ? { resources } : {}),
  ...(resourceNames?.length ? { names: resourceNames } : {}),
  ...(nonResourceURLs ? { paths: nonResourceURLs } : {}),
})
