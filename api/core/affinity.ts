import { LabelSelector } from '../meta.ts'
import { int32, int64, list, message, oneOf, optional, required, string, time, type Static } from '../schema/schema.ts'

export const NodeSelectorRequirement = message('io.k8s.api.core.v1.NodeSelectorRequirement', '', {
  key: required(1, string(), ''),
  operator: required(2, oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']), ''),
  values: optional(3, list(string()), ''),
})
export type NodeSelectorRequirement = Static<typeof NodeSelectorRequirement>

export const NodeSelectorTerm = message('io.k8s.api.core.v1.NodeSelectorTerm', '', {
  matchExpressions: optional(1, list(NodeSelectorRequirement), ''),
  matchFields: optional(2, list(NodeSelectorRequirement), ''),
})
export type NodeSelectorTerm = Static<typeof NodeSelectorTerm>

export const NodeSelector = message('io.k8s.api.core.v1.NodeSelector', '', {
  nodeSelectorTerms: required(1, list(NodeSelectorTerm), ''),
})
export type NodeSelector = Static<typeof NodeSelector>

export const PreferredSchedulingTerm = message('io.k8s.api.core.v1.PreferredSchedulingTerm', '', {
  weight: required(1, int32(), ''),
  preference: required(2, NodeSelectorTerm, ''),
})
export type PreferredSchedulingTerm = Static<typeof PreferredSchedulingTerm>

export const NodeAffinity = message('io.k8s.api.core.v1.NodeAffinity', '', {
  requiredDuringSchedulingIgnoredDuringExecution: optional(1, NodeSelector, ''),
  preferredDuringSchedulingIgnoredDuringExecution: optional(2, list(PreferredSchedulingTerm), ''),
})
export type NodeAffinity = Static<typeof NodeAffinity>

export const PodAffinityTerm = message('io.k8s.api.core.v1.PodAffinityTerm', '', {
  labelSelector: optional(1, LabelSelector, ''),
  namespaces: optional(2, list(string()), ''),
  topologyKey: required(3, string(), ''),
  namespaceSelector: optional(4, LabelSelector, ''),
  matchLabelKeys: optional(5, list(string()), ''),
  mismatchLabelKeys: optional(6, list(string()), ''),
})
export type PodAffinityTerm = Static<typeof PodAffinityTerm>

export const WeightedPodAffinityTerm = message('io.k8s.api.core.v1.WeightedPodAffinityTerm', '', {
  weight: required(1, int32(), ''),
  podAffinityTerm: required(2, PodAffinityTerm, ''),
})
export type WeightedPodAffinityTerm = Static<typeof WeightedPodAffinityTerm>

export const PodAffinity = message('io.k8s.api.core.v1.PodAffinity', '', {
  requiredDuringSchedulingIgnoredDuringExecution: optional(1, list(PodAffinityTerm), ''),
  preferredDuringSchedulingIgnoredDuringExecution: optional(2, list(WeightedPodAffinityTerm), ''),
})
export type PodAffinity = Static<typeof PodAffinity>

export const PodAntiAffinity = message('io.k8s.api.core.v1.PodAntiAffinity', '', {
  requiredDuringSchedulingIgnoredDuringExecution: optional(1, list(PodAffinityTerm), ''),
  preferredDuringSchedulingIgnoredDuringExecution: optional(2, list(WeightedPodAffinityTerm), ''),
})
export type PodAntiAffinity = Static<typeof PodAntiAffinity>

export const Affinity = message('io.k8s.api.core.v1.Affinity', '', {
  nodeAffinity: optional(1, NodeAffinity, ''),
  podAffinity: optional(2, PodAffinity, ''),
  podAntiAffinity: optional(3, PodAntiAffinity, ''),
})
export type Affinity = Static<typeof Affinity>

export const Taint = message('io.k8s.api.core.v1.Taint', '', {
  key: required(1, string(), ''),
  value: optional(2, string(), ''),
  effect: required(3, oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute']), ''),
  timeAdded: optional(4, time(), ''),
})
export type Taint = Static<typeof Taint>

export const Toleration = message('io.k8s.api.core.v1.Toleration', '', {
  key: optional(1, string(), ''),
  operator: optional(2, oneOf(['Equal', 'Exists', 'Lt', 'Gt']), ''),
  value: optional(3, string(), ''),
  effect: optional(4, oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute']), ''),
  tolerationSeconds: optional(5, int64({ presence: 'pointer' }), ''),
})
export type Toleration = Static<typeof Toleration>

export const TopologySpreadConstraint = message('io.k8s.api.core.v1.TopologySpreadConstraint', '', {
  maxSkew: required(1, int32(), ''),
  topologyKey: required(2, string(), ''),
  whenUnsatisfiable: required(3, oneOf(['DoNotSchedule', 'ScheduleAnyway']), ''),
  labelSelector: optional(4, LabelSelector, ''),
  minDomains: optional(5, int32({ presence: 'pointer' }), ''),
  nodeAffinityPolicy: optional(6, oneOf(['Honor', 'Ignore'], { presence: 'pointer' }), ''),
  nodeTaintsPolicy: optional(7, oneOf(['Honor', 'Ignore'], { presence: 'pointer' }), ''),
  matchLabelKeys: optional(8, list(string()), ''),
})
export type TopologySpreadConstraint = Static<typeof TopologySpreadConstraint>
