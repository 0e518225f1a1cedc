import { matches, selectorFromObject } from '../../api/label-selector.ts'
import { ClusterRole } from '../../api/rbac/cluster-role.ts'
import type { PolicyRule } from '../../api/rbac/policy-rule.ts'
import { watching, type Controller } from '../../client/controller.ts'
import { isEqual } from '../../common/equal.ts'
import type { ControllerContext } from './context.ts'

/** Puts aggregated cluster roles together from those that their selectors choose. Upstream's clusterrole-aggregation-controller. */
export const clusterRoleAggregation = ({ client, informers }: ControllerContext): Controller => {
  const roles = () => informers.for(ClusterRole).cache.list()
  return {
    name: 'clusterrole-aggregation-controller',
    // Any role may be chosen by any aggregated one, before its change or after.
    watches: [watching(ClusterRole, () => roles().flatMap(({ metadata, aggregationRule }) => (aggregationRule ? [metadata.name] : [])))],
    async reconcile(key) {
      const role = informers.for(ClusterRole).cache.get(key)
      if (!role?.aggregationRule) return
      const rules = aggregatedRules(role, roles())
      if (!isEqual(rules, role.rules ?? [])) await client.update(ClusterRole, { ...role, rules })
    },
  }
}

/** The rules of the chosen roles, selector by selector, by name, each once. */
export function aggregatedRules(role: ClusterRole, roles: readonly ClusterRole[]): PolicyRule[] {
  const byName = roles.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  const chosen = (role.aggregationRule?.clusterRoleSelectors ?? []).flatMap(selector => {
    const wanted = selectorFromObject(selector)
    return byName.filter(each => each.metadata.uid !== role.metadata.uid && matches(wanted, each.metadata.labels))
  })
  const rules: PolicyRule[] = []
  for (const rule of chosen.flatMap(({ rules = [] }) => rules)) if (!rules.some(known => isEqual(known, rule))) rules.push(rule)
  return rules
}
