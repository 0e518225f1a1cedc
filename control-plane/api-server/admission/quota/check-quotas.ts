import type { ResourceQuota } from '../../../../api/core/resource-quota.ts'
import type { KubernetesObject } from '../../../../api/kind.ts'
import { addAmounts, describeAmounts, exceeding, increaseOf, maskAmounts, withoutZeros } from '../../../../api/quota/amounts.ts'
import type { QuotaEvaluator } from '../../../../api/quota/evaluator.ts'
import { countsAgainst } from '../../../../api/quota/evaluators.ts'
import { compareQuantities } from '../../../../api/quantity.ts'

/** A write that may change what is used of quotas. */
export interface QuotaRequest {
  readonly evaluator: QuotaEvaluator
  readonly object: KubernetesObject
  /** What was there before; absent for new objects. */
  readonly current?: KubernetesObject | undefined
  readonly subresource?: string | undefined
  readonly now: Date
}

export type QuotaVerdict =
  /** The quotas as they are when the request is granted: those it does not touch are the same objects. */
  | { readonly granted: readonly ResourceQuota[] }
  /** Why not, in upstream's words. */
  | { readonly refused: string }

/** Whether the request fits into every quota that is about it, and what is used then; upstream's CheckRequest. */
export function checkQuotas(quotas: readonly ResourceQuota[], request: QuotaRequest): QuotaVerdict {
  const { evaluator, object } = request
  const concerned = quotas.filter(quota => countsAgainst(quota, object, { evaluator, resources: hardOf(quota) }))
  for (const quota of concerned) {
    const problem = incomplete(quota, request)
    if (problem) return { refused: problem }
  }
  if (concerned.length === 0) return { granted: quotas }
  const usage = evaluator.usage(object, request.now)
  const negative = Object.keys(usage).filter(name => compareQuantities(usage[name] ?? '0', '0') < 0)
  if (negative.length > 0) return { refused: `quota usage is negative for resource(s): ${negative.sort().join(',')}` }

  const granted: ResourceQuota[] = []
  for (const quota of quotas) {
    const added = concerned.includes(quota) ? maskAmounts(withoutZeros(addedTo(quota, usage, request)), hardOf(quota)) : {}
    if (Object.keys(added).length === 0) {
      granted.push(quota)
      continue
    }
    const used = addAmounts(quota.status.used ?? {}, added)
    const refused = request.subresource === 'status' ? undefined : excess(quota, { added, used })
    if (refused) return { refused }
    granted.push({ ...quota, status: { ...quota.status, used: { ...used } } })
  }
  return { granted }
}

const hardOf = ({ status }: ResourceQuota): string[] => Object.keys(status.hard ?? {})

function incomplete(quota: ResourceQuota, { evaluator, object }: QuotaRequest): string | undefined {
  const { name } = quota.metadata
  const limited = evaluator.resources(hardOf(quota))
  const missing = evaluator.missing?.(limited, object)
  if (missing) return `failed quota: ${name}: ${missing}`
  const unknown = limited.some(resource => quota.status.used?.[resource] === undefined)
  return unknown ? `status unknown for quota: ${name}, resources: ${[...limited].sort().join(',')}` : undefined
}

/** An object that counted before counts only by how much it has grown. */
function addedTo(quota: ResourceQuota, usage: Readonly<Record<string, string>>, { evaluator, current, now }: QuotaRequest) {
  if (!current || !countsAgainst(quota, current, { evaluator, resources: hardOf(quota) })) return usage
  return increaseOf(usage, evaluator.usage(current, now))
}

type Amounts = Readonly<Record<string, string>>

function excess({ metadata, status }: ResourceQuota, { added, used }: { added: Amounts; used: Amounts }): string | undefined {
  const over = exceeding(maskAmounts(used, Object.keys(added)), status.hard ?? {})
  if (over.length === 0) return undefined
  const say = (amounts: Amounts | undefined) => describeAmounts(maskAmounts(amounts ?? {}, over))
  return `exceeded quota: ${metadata.name}, requested: ${say(added)}, used: ${say(status.used)}, limited: ${say(status.hard)}`
}
