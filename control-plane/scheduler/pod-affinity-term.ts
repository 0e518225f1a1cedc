import type { PodAffinityTerm } from '../../api/core/affinity.ts'
import type { Pod } from '../../api/core/pod.ts'
import { matches, selectorFromObject } from '../../api/label-selector.ts'
import type { LabelSelector, LabelSelectorRequirement } from '../../api/meta.ts'
import type { Cluster } from './plugin.ts'

/** The selector with the pod's own values of `matchLabelKeys` required and those of `mismatchLabelKeys` excluded. */
export function selectorWithKeys(
  selector: LabelSelector | undefined,
  pod: Pod,
  keys: { readonly match?: readonly string[] | undefined; readonly mismatch?: readonly string[] | undefined },
): LabelSelector | undefined {
  if (!selector) return undefined
  const labels = pod.metadata.labels ?? {}
  const requirement =
    (operator: string) =>
    (key: string): LabelSelectorRequirement[] => {
      const value = labels[key]
      return value === undefined ? [] : [{ key, operator, values: [value] }]
    }
  const extra = [...(keys.match ?? []).flatMap(requirement('In')), ...(keys.mismatch ?? []).flatMap(requirement('NotIn'))]
  return extra.length === 0 ? selector : { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...extra] }
}

/** Which pods a term of pod affinity speaks of; `owner` is the pod whose term it is. */
export function podMatcher(term: PodAffinityTerm, owner: Pod, cluster: Pick<Cluster, 'namespaces'>): (pod: Pod) => boolean {
  // The API server has merged these keys into the selector already; merging twice changes nothing.
  const labels = selectorFromObject(
    selectorWithKeys(term.labelSelector, owner, { match: term.matchLabelKeys, mismatch: term.mismatchLabelKeys }),
  )
  const named = new Set(term.namespaces)
  if (named.size === 0 && !term.namespaceSelector) named.add(owner.metadata.namespace ?? '')
  if (term.namespaceSelector) {
    const selector = selectorFromObject(term.namespaceSelector)
    for (const { metadata } of cluster.namespaces) if (matches(selector, metadata.labels)) named.add(metadata.name)
  }
  return pod => named.has(pod.metadata.namespace ?? '') && matches(labels, pod.metadata.labels)
}
