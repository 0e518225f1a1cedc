import type { DaemonSet } from '../../../api/apps/daemon-set.ts'
import type { NodeSelectorRequirement, Toleration } from '../../../api/core/affinity.ts'
import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import type { PodSpec } from '../../../api/core/pod-spec.ts'
import { matchesNodeRequirements } from '../../../api/node-selector.ts'
import { toleratesTaint } from '../../../api/tolerations.ts'

const exists = (key: string, effect: 'NoExecute' | 'NoSchedule'): Toleration => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect,
})

/** What daemons bear so that they stay where others would not (upstream's AddOrUpdateDaemonPodTolerations). */
export function daemonTolerations({ tolerations = [], hostNetwork }: PodSpec): Toleration[] {
  const automatic = [
    exists('not-ready', 'NoExecute'),
    exists('unreachable', 'NoExecute'),
    exists('disk-pressure', 'NoSchedule'),
    exists('memory-pressure', 'NoSchedule'),
    exists('pid-pressure', 'NoSchedule'),
    exists('unschedulable', 'NoSchedule'),
    ...(hostNetwork ? [exists('network-unavailable', 'NoSchedule')] : []),
  ]
  const same = (a: Toleration, b: Toleration) => a.key === b.key && a.effect === b.effect && a.operator === b.operator && !a.value
  const given = tolerations.map(each => automatic.find(other => same(each, other)) ?? each)
  return [...given, ...automatic.filter(each => !given.includes(each))]
}

const nameField = 'metadata.name'

/** The affinity that binds a pod to one node by name; node terms that it had give way (ReplaceDaemonSetPodNodeNameNodeAffinity). */
export function pinnedAffinity(affinity: PodSpec['affinity'], node: string): NonNullable<PodSpec['affinity']> {
  const byName: NodeSelectorRequirement = { key: nameField, operator: 'In', values: [node] }
  const required = { nodeSelectorTerms: [{ matchFields: [byName] }] }
  return { ...affinity, nodeAffinity: { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: required } }
}

/** The node that a daemon's pod is on or bound for (upstream's GetTargetNodeName). */
export function targetNode({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  return terms.flatMap(({ matchFields = [] }) => matchFields).find(({ key, operator }) => key === nameField && operator === 'In')
    ?.values?.[0]
}

export interface Fit {
  readonly shouldRun: boolean
  /** A pod that is there already may stay. */
  readonly mayStay: boolean
}

/** Upstream's NodeShouldRunDaemonPod: by name, selector and affinity, and by taints that the pod does not bear. */
export function nodeFit({ spec: { template } }: DaemonSet, node: Node): Fit {
  const { spec } = template
  const named = !spec.nodeName || spec.nodeName === node.metadata.name
  if (!named || !matchesNodeRequirements(spec, node)) return { shouldRun: false, mayStay: false }
  const tolerations = daemonTolerations(spec)
  const untolerated = (node.spec.taints ?? []).filter(taint => !toleratesTaint(tolerations, taint))
  const repelling = untolerated.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')
  return { shouldRun: !repelling, mayStay: !untolerated.some(({ effect }) => effect === 'NoExecute') }
}
