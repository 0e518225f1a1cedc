import type { ClusterRoleBinding } from '../../../api/rbac/cluster-role-binding.ts'
import type { ClusterRole } from '../../../api/rbac/cluster-role.ts'
import { isEqual } from '../../../common/equal.ts'
import { missingRights } from './missing-rights.ts'
import { ruleOf } from './grants.ts'

/** Set to `false`, a default role or binding stays as whoever set it wants to have it. */
const autoUpdate = 'rbac.authorization.kubernetes.io/autoupdate'

type Reconciled = Pick<ClusterRole, 'metadata'>
const isProtected = ({ metadata }: Reconciled): boolean => metadata.annotations?.[autoUpdate] === 'false'

/** What a default role lacks is added, what it has besides stays: upstream's rbac/bootstrap-roles hook. */
export function reconcileRole(current: ClusterRole, wanted: ClusterRole): ClusterRole {
  if (isProtected(current)) return current
  const held = (current.rules ?? []).map(ruleOf)
  const lacking = (wanted.rules ?? []).filter(rule => missingRights(held, [ruleOf(rule)]).length > 0)
  const selectors = current.aggregationRule?.clusterRoleSelectors ?? []
  const more = (wanted.aggregationRule?.clusterRoleSelectors ?? []).filter(each => !selectors.some(other => isEqual(each, other)))
  return {
    ...current,
    metadata: completeMetadata(current, wanted),
    ...(lacking.length > 0 ? { rules: [...(current.rules ?? []), ...lacking] } : {}),
    ...(more.length > 0 ? { aggregationRule: { ...current.aggregationRule, clusterRoleSelectors: [...selectors, ...more] } } : {}),
  }
}

/** The same for the subjects of a binding; to which role it binds cannot be changed. */
export function reconcileBinding(current: ClusterRoleBinding, wanted: ClusterRoleBinding): ClusterRoleBinding {
  if (isProtected(current)) return current
  const subjects = current.subjects ?? []
  const lacking = (wanted.subjects ?? []).filter(each => !subjects.some(other => isEqual(each, other)))
  return {
    ...current,
    metadata: completeMetadata(current, wanted),
    ...(lacking.length > 0 ? { subjects: [...subjects, ...lacking] } : {}),
  }
}

function completeMetadata({ metadata }: Reconciled, wanted: Reconciled): Reconciled['metadata'] {
  return {
    ...metadata,
    labels: { ...metadata.labels, ...wanted.metadata.labels },
    annotations: { ...metadata.annotations, ...wanted.metadata.annotations },
  }
}
