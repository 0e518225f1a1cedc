import type { ResourceQuota } from '../../../api/core/resource-quota.ts'
import { sameAmounts } from '../../../api/quota/amounts.ts'
import { evaluatorOf } from '../../../api/quota/evaluators.ts'
import type { Kind } from '../../../api/kind.ts'
import type { Quantities } from '../../../api/pod-resources.ts'
import { compareQuantities } from '../../../api/quantity.ts'

export type QuotaStatus = ResourceQuota['status']

/** The kinds whose objects the quota counts. */
export const countedKinds = (quota: ResourceQuota, kinds: readonly Kind[]): Kind[] => {
  const names = Object.keys(quota.spec.hard ?? {})
  return kinds.filter(kind => kind.namespaced && (evaluatorOf(kind)?.resources(names).length ?? 0) > 0)
}

/** The status when so much is in use; what nothing served here uses stands at zero, as upstream has it. */
export function quotaStatus(quota: ResourceQuota, usage: Quantities): QuotaStatus {
  const hard = quota.spec.hard ?? {}
  const used = Object.fromEntries(Object.keys(hard).map(name => [name, usage[name] ?? '0']))
  return { ...quota.status, hard: { ...hard }, used }
}

export const isSameStatus = (a: QuotaStatus, b: QuotaStatus): boolean =>
  sameAmounts(a.hard ?? {}, b.hard ?? {}) && sameAmounts(a.used ?? {}, b.used ?? {})

/** Whether the next status gives something back that the current one holds as used. */
export const givesBack = (current: QuotaStatus, next: QuotaStatus): boolean =>
  Object.entries(current.used ?? {}).some(([name, amount]) => {
    const then = next.used?.[name]
    return then !== undefined && compareQuantities(then, amount) < 0
  })
