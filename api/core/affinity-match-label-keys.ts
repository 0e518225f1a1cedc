import type { PodAffinityTerm, TopologySpreadConstraint } from './affinity.ts'
import type { PodSpec } from './pod-spec.ts'
import type { LabelSelector, LabelSelectorRequirement } from '../meta.ts'

type Labels = Readonly<Record<string, string>>

const requirements = (keys: readonly string[] | undefined, operator: 'In' | 'NotIn', labels: Labels): LabelSelectorRequirement[] =>
  (keys ?? []).flatMap(key => {
    const value = labels[key]
    return value === undefined ? [] : [{ key, operator, values: [value] }]
  })

const narrowed = (selector: LabelSelector, added: readonly LabelSelectorRequirement[]): LabelSelector =>
  added.length > 0 ? { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...added] } : selector

function withTerm(term: PodAffinityTerm, labels: Labels): PodAffinityTerm {
  if (!term.labelSelector) return term
  const added = [...requirements(term.matchLabelKeys, 'In', labels), ...requirements(term.mismatchLabelKeys, 'NotIn', labels)]
  return { ...term, labelSelector: narrowed(term.labelSelector, added) }
}

type Terms = NonNullable<NonNullable<PodSpec['affinity']>['podAffinity']>
const withTerms = <T extends Terms>(affinity: T, labels: Labels): T => ({
  ...affinity,
  ...(affinity.requiredDuringSchedulingIgnoredDuringExecution
    ? {
        requiredDuringSchedulingIgnoredDuringExecution: affinity.requiredDuringSchedulingIgnoredDuringExecution.map(term =>
          withTerm(term, labels),
        ),
      }
    : {}),
  ...(affinity.preferredDuringSchedulingIgnoredDuringExecution
    ? {
        preferredDuringSchedulingIgnoredDuringExecution: affinity.preferredDuringSchedulingIgnoredDuringExecution.map(weighted => ({
          ...weighted,
          podAffinityTerm: withTerm(weighted.podAffinityTerm, labels),
        })),
      }
    : {}),
})

const withConstraint = (constraint: TopologySpreadConstraint, labels: Labels): TopologySpreadConstraint =>
  constraint.labelSelector
    ? { ...constraint, labelSelector: narrowed(constraint.labelSelector, requirements(constraint.matchLabelKeys, 'In', labels)) }
    : constraint

/** Writes the pod's own values of `matchLabelKeys` and `mismatchLabelKeys` into the selectors, so that they stay true when labels change. */
export function withMatchLabelKeys(spec: PodSpec, labels: Labels): PodSpec {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {}
  return {
    ...spec,
    ...(spec.affinity && (podAffinity || podAntiAffinity)
      ? {
          affinity: {
            ...spec.affinity,
            ...(podAffinity ? { podAffinity: withTerms(podAffinity, labels) } : {}),
            ...(podAntiAffinity ? { podAntiAffinity: withTerms(podAntiAffinity, labels) } : {}),
          },
        }
      : {}),
    ...(spec.topologySpreadConstraints
      ? { topologySpreadConstraints: spec.topologySpreadConstraints.map(constraint => withConstraint(constraint, labels)) }
      : {}),
  }
}
