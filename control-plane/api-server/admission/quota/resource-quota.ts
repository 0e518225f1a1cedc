import { ResourceQuota } from '../../../../api/core/resource-quota.ts'
import { evaluatorOf } from '../../../../api/quota/evaluators.ts'
import type { Clock } from '../../../../common/clock.ts'
import type { AdmissionContext, Lookup, StatusWriter } from '../../interfaces.ts'
import type { AdmissionRule } from '../rule.ts'
import { QuotaAccounts } from './quota-accounts.ts'

/** Upstream's ResourceQuota: what a namespace may use together. Last of all rules, so that nothing is charged for what another refuses. */
export function resourceQuota(parts: { readonly lookup: Lookup; readonly statuses: StatusWriter; readonly clock: Clock }): AdmissionRule {
  const { lookup, statuses, clock } = parts
  const accounts = new QuotaAccounts(lookup, statuses)
  return {
    validate(context: AdmissionContext) {
      const { kind, verb, namespace, object, current, subresource } = context
      if (!namespace || !kind.namespaced || !object || (verb !== 'create' && verb !== 'update')) return
      const evaluator = evaluatorOf(kind)
      if (!evaluator?.handles({ verb, subresource })) return
      if (lookup.list(ResourceQuota, namespace).length === 0) return
      return accounts.charge(context, { evaluator, object, current, subresource, now: clock.now() })
    },
  }
}
