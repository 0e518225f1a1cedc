import { ClusterRoleBinding } from '../../../api/rbac/cluster-role-binding.ts'
import { ClusterRole } from '../../../api/rbac/cluster-role.ts'
import type { PolicyRule } from '../../../api/rbac/policy-rule.ts'
import { RoleBinding } from '../../../api/rbac/role-binding.ts'
import { Role } from '../../../api/rbac/role.ts'
import { forbidden } from '../../../api/errors.ts'
import { isEqual } from '../../../common/equal.ts'
import type { AdmissionContext, Lookup } from '../interfaces.ts'
import { effectiveRules } from '../rbac/effective-rules.ts'
import { ruleOf, rulesOfRole } from '../rbac/grants.ts'
import { masters } from '../rbac/groups.ts'
import { missingRights, quotedList } from '../rbac/missing-rights.ts'
import { ruleAllows, type Rule } from '../rbac/rules.ts'
import { concerns, type AdmissionRule } from './rule.ts'

const group = 'rbac.authorization.k8s.io'

/**
 * Nobody gives away rights that they do not have: not by writing a role, unless they may `escalate` it, nor by binding one, unless
 * they may `bind` it. Upstream does this in the storage of RBAC's kinds.
 */
export const rbacEscalation = (lookup: Lookup): AdmissionRule => ({
  validate(context) {
    if ((context.verb !== 'create' && context.verb !== 'update') || context.user.groups.includes(masters)) return
    if (!context.object || isUnchanged(context)) return
    if (concerns(context, Role) || concerns(context, ClusterRole)) refuseEscalation(context, lookup)
    if (concerns(context, RoleBinding) || concerns(context, ClusterRoleBinding)) refuseBinding(context, lookup)
  },
})

/** Only what the system keeps in metadata has changed: owners, finalizers. */
function isUnchanged({ object, current }: AdmissionContext): boolean {
  if (!object || !current) return false
  const rights = ({ metadata, ...rest }: NonNullable<AdmissionContext['object']>) => ({ ...rest, labels: metadata.labels ?? {} })
  return isEqual(rights(object), rights(current))
}

const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

function refuseEscalation(context: AdmissionContext, lookup: Lookup): void {
  const role = context.object as Role | ClusterRole
  const held = effectiveRules(context.user, context.namespace, lookup).rules
  if (allows(held, context, { verb: 'escalate', plural: context.kind.plural, name: context.name })) return
  if ('aggregationRule' in role && role.aggregationRule && missing(held, everything).length > 0)
    throw forbidden(context.kind, context.name, 'must have cluster-admin privileges to use an aggregationRule')
  refuseMissing(context, held, role.rules ?? [])
}

function refuseBinding(context: AdmissionContext, lookup: Lookup): void {
  const { roleRef } = context.object as RoleBinding | ClusterRoleBinding
  const held = effectiveRules(context.user, context.namespace, lookup).rules
  const plural = roleRef.kind === 'Role' ? Role.plural : ClusterRole.plural
  if (allows(held, context, { verb: 'bind', plural, name: roleRef.name })) return
  const rules = rulesOfRole(roleRef, context.namespace, lookup)
  if (!rules) throw forbidden(context.kind, context.name, `${roleRef.kind.toLowerCase()}.${group} "${roleRef.name}" not found`)
  refuseMissing(context, held, rules)
}

const allows = (held: readonly Rule[], { namespace }: AdmissionContext, wanted: { verb: string; plural: string; name: string }): boolean =>
  held.some(rule =>
    ruleAllows(rule, { type: 'resource', verb: wanted.verb, group, version: 'v1', resource: wanted.plural, namespace, name: wanted.name }),
  )

const missing = (held: readonly Rule[], wanted: readonly PolicyRule[]): string[] => missingRights(held, wanted.map(ruleOf))

function refuseMissing({ kind, name, user }: AdmissionContext, held: readonly Rule[], wanted: readonly PolicyRule[]): void {
  const rights = missing(held, wanted)
  if (rights.length === 0) return
  const who = `user ${JSON.stringify(user.name)} (groups=${quotedList(user.groups)})`
  throw forbidden(kind, name, `${who} is attempting to grant RBAC permissions not currently held:\n${rights.join('\n')}`)
}
