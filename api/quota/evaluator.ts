import type { ScopedResourceSelectorRequirement } from '../core/resource-quota.ts'
import type { Kind, KubernetesObject } from '../kind.ts'
import type { Quantities } from '../pod-resources.ts'

/** What of a write to an object decides whether it can change what is used. */
export interface QuotaOperation {
  readonly verb: 'create' | 'update'
  readonly subresource?: string | undefined
}

/** How the objects of one kind count against quotas; upstream's quota.Evaluator. */
export interface QuotaEvaluator<O extends KubernetesObject = KubernetesObject> {
  /** Whether such a write may change what is used. */
  handles(operation: QuotaOperation): boolean
  /** Which of these resources objects of this kind use. */
  resources(names: readonly string[]): string[]
  /** Whether the object is what the rule of a scope is about. */
  inScope(rule: ScopedResourceSelectorRequirement, object: O): boolean
  /** What the object has to say and does not, so that these resources could be counted; undefined when nothing is missing. */
  missing?(resources: readonly string[], object: O): string | undefined
  usage(object: O, now: Date): Quantities
}

type Resource = Pick<Kind, 'group' | 'plural'>

/** `count/deployments.apps` */
export const countName = ({ group, plural }: Resource): string => `count/${plural}${group && `.${group}`}`

/** Names from before every kind could be counted. */
const olderNames = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets'])

/** Counts the objects of any kind; upstream's objectCountEvaluator. */
export function objectCount(kind: Resource): QuotaEvaluator {
  const names = [countName(kind), ...(kind.group === '' && olderNames.has(kind.plural) ? [kind.plural] : [])]
  return {
    handles: ({ verb, subresource }) => verb === 'create' && !subresource,
    resources: wanted => wanted.filter(name => names.includes(name)),
    inScope: () => false,
    usage: () => Object.fromEntries(names.map(name => [name, '1'])),
  }
}

/** Whether a rule about the value of one attribute holds, as label selectors do; upstream's ScopedResourceSelectorRequirementsAsSelector. */
export function holdsFor({ operator, values = [] }: ScopedResourceSelectorRequirement, value: string | undefined): boolean {
  if (operator === 'In') return value !== undefined && values.includes(value)
  if (operator === 'NotIn') return value === undefined || !values.includes(value)
  if (operator === 'Exists') return value !== undefined
  return value === undefined
}
