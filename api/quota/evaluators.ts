import { PersistentVolumeClaim } from '../core/persistent-volume-claim.ts'
import { Pod } from '../core/pod.ts'
import type { ResourceQuota, ScopedResourceSelectorRequirement } from '../core/resource-quota.ts'
import { Service } from '../core/service.ts'
import type { Kind, KubernetesObject } from '../kind.ts'
import type { Quantities } from '../pod-resources.ts'
import { addAmounts, maskAmounts } from './amounts.ts'
import { claimUsage } from './claim-usage.ts'
import { objectCount, type QuotaEvaluator } from './evaluator.ts'
import { podUsage } from './pod-usage.ts'
import { serviceUsage } from './service-usage.ts'

type Resource = Pick<Kind, 'group' | 'plural'>

/** Kinds of which more than the number of objects counts. */
const special: readonly { readonly kind: Resource; readonly evaluator: QuotaEvaluator<never> }[] = [
  { kind: Pod, evaluator: podUsage },
  { kind: Service, evaluator: serviceUsage },
  { kind: PersistentVolumeClaim, evaluator: claimUsage },
]
const isSame = (a: Resource, b: Resource) => a.group === b.group && a.plural === b.plural

/** How objects of a kind count. Events are many and short-lived: they do not. */
export function evaluatorOf(kind: Resource): QuotaEvaluator | undefined {
  if (kind.plural === 'events') return undefined
  const known = special.find(each => isSame(each.kind, kind))
  // The evaluator of a kind is only ever shown objects of that kind.
  return known ? (known.evaluator as unknown as QuotaEvaluator) : objectCount(kind)
}

export const scopesOf = ({ spec }: ResourceQuota): ScopedResourceSelectorRequirement[] => [
  ...(spec.scopes ?? []).map(scopeName => ({ scopeName, operator: 'Exists' })),
  ...(spec.scopeSelector?.matchExpressions ?? []),
]

/** Whether the object counts against the quota: it uses one of these resources and all scopes are about it. */
export const countsAgainst = (
  quota: ResourceQuota,
  object: KubernetesObject,
  { evaluator, resources }: { readonly evaluator: QuotaEvaluator; readonly resources: readonly string[] },
): boolean => evaluator.resources(resources).length > 0 && scopesOf(quota).every(rule => evaluator.inScope(rule, object))

/** What these objects of one kind use together of what the quota limits; upstream's CalculateUsageStats. */
export function usageOf(
  quota: ResourceQuota,
  objects: readonly KubernetesObject[],
  { evaluator, now }: { readonly evaluator: QuotaEvaluator; readonly now: Date },
): Quantities {
  const resources = evaluator.resources(Object.keys(quota.spec.hard ?? {}))
  const nothing: Quantities = Object.fromEntries(resources.map(name => [name, '0']))
  return objects
    .filter(object => countsAgainst(quota, object, { evaluator, resources }))
    .reduce((sum, object) => addAmounts(sum, maskAmounts(evaluator.usage(object, now), resources)), nothing)
}
