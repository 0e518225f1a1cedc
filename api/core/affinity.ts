import { LabelSelector } from '../meta.ts'
import { atomicMessage, int32, int64, list, message, oneOf, optional, required, string, time, type Static } from '../schema/schema.ts'

export const NodeSelectorRequirement = message('io.k8s.api.core.v1.NodeSelectorRequirement', 'A condition about one label of a node.', {
  key: required(1, string(), 'Key of the label.'),
  operator: required(
    2,
    oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']),
    '`In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt` or `Lt`.',
  ),
  values: optional(3, list(string()), 'Values to compare with: some for In and NotIn, one integer for Gt and Lt, none otherwise.'),
})
export type NodeSelectorRequirement = Static<typeof NodeSelectorRequirement>

export const NodeSelectorTerm = atomicMessage(
  'io.k8s.api.core.v1.NodeSelectorTerm',
  'Conditions that must hold together; without any it selects no node.',
  {
    matchExpressions: optional(1, list(NodeSelectorRequirement), 'Conditions about labels of the node.'),
    matchFields: optional(2, list(NodeSelectorRequirement), 'Conditions about fields of the node; only metadata.name.'),
  },
)
export type NodeSelectorTerm = Static<typeof NodeSelectorTerm>

export const NodeSelector = atomicMessage('io.k8s.api.core.v1.NodeSelector', 'Selects the nodes that fulfil at least one term.', {
  nodeSelectorTerms: required(1, list(NodeSelectorTerm), 'The terms; one is enough.'),
})
export type NodeSelector = Static<typeof NodeSelector>

export const PreferredSchedulingTerm = message('io.k8s.api.core.v1.PreferredSchedulingTerm', 'A preference for certain nodes.', {
  weight: required(1, int32(), 'How much it counts, 1 to 100.'),
  preference: required(2, NodeSelectorTerm, 'Which nodes are preferred.'),
})
export type PreferredSchedulingTerm = Static<typeof PreferredSchedulingTerm>

export const NodeAffinity = message('io.k8s.api.core.v1.NodeAffinity', 'Which nodes a pod must or should run on.', {
  requiredDuringSchedulingIgnoredDuringExecution: optional(
    1,
    NodeSelector,
    'Nodes that come into question; looked at when the pod is scheduled, not later.',
  ),
  preferredDuringSchedulingIgnoredDuringExecution: optional(
    2,
    list(PreferredSchedulingTerm),
    'Preferences; the node with the highest sum of weights wins.',
  ),
})
export type NodeAffinity = Static<typeof NodeAffinity>

export const PodAffinityTerm = message('io.k8s.api.core.v1.PodAffinityTerm', 'A set of pods, and the area around each of them.', {
  labelSelector: optional(1, LabelSelector, 'Selects pods by label; without it no pod is meant.'),
  namespaces: optional(2, list(string()), "Namespaces to look in. Default: the pod's own."),
  topologyKey: required(3, string(), 'Label of nodes; equal values are one area.'),
  namespaceSelector: optional(4, LabelSelector, 'Selects further namespaces by label; an empty one selects all.'),
  matchLabelKeys: optional(5, list(string()), 'Labels whose values the pods must share with this one.'),
  mismatchLabelKeys: optional(6, list(string()), 'Labels whose values the pods must not share with this one.'),
})
export type PodAffinityTerm = Static<typeof PodAffinityTerm>

export const WeightedPodAffinityTerm = message(
  'io.k8s.api.core.v1.WeightedPodAffinityTerm',
  'A preference about the neighbourhood of pods.',
  {
    weight: required(1, int32(), 'How much it counts, 1 to 100.'),
    podAffinityTerm: required(2, PodAffinityTerm, 'The pods and their area.'),
  },
)
export type WeightedPodAffinityTerm = Static<typeof WeightedPodAffinityTerm>

export const PodAffinity = message('io.k8s.api.core.v1.PodAffinity', 'Which pods a pod must or should run near to.', {
  requiredDuringSchedulingIgnoredDuringExecution: optional(
    1,
    list(PodAffinityTerm),
    'Neighbours that are needed, all of them; looked at when the pod is scheduled, not later.',
  ),
  preferredDuringSchedulingIgnoredDuringExecution: optional(2, list(WeightedPodAffinityTerm), 'Neighbours that are preferred.'),
})
export type PodAffinity = Static<typeof PodAffinity>

export const PodAntiAffinity = message('io.k8s.api.core.v1.PodAntiAffinity', 'Which pods a pod must not or should not run near to.', {
  requiredDuringSchedulingIgnoredDuringExecution: optional(
    1,
    list(PodAffinityTerm),
    'Neighbours to keep away from in any case; looked at when the pod is scheduled, not later.',
  ),
  preferredDuringSchedulingIgnoredDuringExecution: optional(2, list(WeightedPodAffinityTerm), 'Neighbours to keep away from if possible.'),
})
export type PodAntiAffinity = Static<typeof PodAntiAffinity>

export const Affinity = message('io.k8s.api.core.v1.Affinity', 'Where a pod is drawn to, and what it keeps away from.', {
  nodeAffinity: optional(1, NodeAffinity, 'Nodes it must or should run on.'),
  podAffinity: optional(2, PodAffinity, 'Pods it must or should be near to.'),
  podAntiAffinity: optional(3, PodAntiAffinity, 'Pods it must or should keep away from.'),
})
export type Affinity = Static<typeof Affinity>

export const Taint = message('io.k8s.api.core.v1.Taint', 'A mark on a node that keeps away pods which do not tolerate it.', {
  key: required(1, string(), 'Key of the taint.'),
  value: optional(2, string(), 'Value of the taint.'),
  effect: required(
    3,
    oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
    '`NoSchedule`, `PreferNoSchedule`, or `NoExecute`, which also evicts running pods.',
  ),
  timeAdded: optional(4, time(), 'When the taint was added.'),
})
export type Taint = Static<typeof Taint>

export const Toleration = message('io.k8s.api.core.v1.Toleration', 'Lets a pod run on nodes in spite of certain taints.', {
  key: optional(1, string(), 'Key of the taints; empty, with Exists, for all.'),
  operator: optional(2, oneOf(['Equal', 'Exists', 'Lt', 'Gt']), '`Equal` (default) compares the value, `Exists` does not.'),
  value: optional(3, string(), 'Value of the taints; empty with Exists.'),
  effect: optional(4, oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute']), 'Effect of the taints; empty for every one.'),
  tolerationSeconds: optional(
    5,
    int64({ presence: 'pointer' }),
    'With NoExecute: seconds until the pod is evicted after all. Default: never; 0 or less: at once.',
  ),
})
export type Toleration = Static<typeof Toleration>

export const TopologySpreadConstraint = message(
  'io.k8s.api.core.v1.TopologySpreadConstraint',
  'How evenly similar pods are spread over areas of the cluster.',
  {
    maxSkew: required(1, int32(), 'By how many pods an area may exceed the emptiest one; at least 1.'),
    topologyKey: required(2, string(), 'Label of nodes; equal values are one area.'),
    whenUnsatisfiable: required(3, oneOf(['DoNotSchedule', 'ScheduleAnyway']), '`DoNotSchedule` insists, `ScheduleAnyway` only prefers.'),
    labelSelector: optional(4, LabelSelector, 'Which pods are counted.'),
    minDomains: optional(
      5,
      int32({ presence: 'pointer' }),
      'With DoNotSchedule: with fewer areas than this the emptiest counts as 0. Default 1.',
    ),
    nodeAffinityPolicy: optional(
      6,
      oneOf(['Honor', 'Ignore'], { presence: 'pointer' }),
      "Whether nodes excluded by the pod's node selectors are left out: `Honor` (default) or `Ignore`.",
    ),
    nodeTaintsPolicy: optional(
      7,
      oneOf(['Honor', 'Ignore'], { presence: 'pointer' }),
      'Whether nodes with taints the pod does not tolerate are left out: `Honor` or `Ignore` (default).',
    ),
    matchLabelKeys: optional(8, list(string()), 'Labels whose values the counted pods must share with this one.'),
  },
)
export type TopologySpreadConstraint = Static<typeof TopologySpreadConstraint>
