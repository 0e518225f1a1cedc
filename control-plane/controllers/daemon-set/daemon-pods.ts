import type { DaemonSet } from '../../../api/apps/daemon-set.ts'
import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { scaledValue } from '../../../api/int-or-string.ts'
import { revisionLabel } from '../history/revisions.ts'
import { podFromTemplate } from '../pod-control.ts'
import { availableIn } from '../pod-readiness.ts'
import { daemonTolerations, pinnedAffinity, targetNode } from './node-fit.ts'

const generationLabel = 'pod-template-generation'
const generationOf = ({ metadata }: DaemonSet) => metadata.annotations?.['deprecated.daemonset.template.generation']

export interface DaemonSetState {
  readonly set: DaemonSet
  readonly nodes: readonly Node[]
  /** The set's own pods; those that are being deleted say so. */
  readonly pods: readonly Pod[]
  /** The hash that pods of the current template carry. */
  readonly hash: string
  readonly now: Date
}

/** Nodes with the pods that are on them or bound for them, nodes without any among them; the oldest pod first. */
export function podsByNode({ nodes, pods }: DaemonSetState): ReadonlyMap<string, readonly Pod[]> {
  const byNode = new Map<string, Pod[]>(nodes.map(({ metadata }) => [metadata.name, []]))
  for (const pod of [...pods].sort(byAge)) {
    const node = targetNode(pod)
    if (node === undefined) continue
    const there = byNode.get(node)
    if (there) there.push(pod)
    else byNode.set(node, [pod])
  }
  return byNode
}

/** Those with a node before those without, then the older first (upstream's podByCreationTimestampAndPhase). */
const byAge = (a: Pod, b: Pod): number =>
  Number(Boolean(b.spec.nodeName)) - Number(Boolean(a.spec.nodeName)) ||
  Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp) ||
  (a.metadata.name < b.metadata.name ? -1 : 1)

export const isEnding = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined

export const isUpdated = (set: DaemonSet, hash: string, pod: Pod): boolean => {
  const labels = pod.metadata.labels ?? {}
  const generation = generationOf(set)
  return labels[revisionLabel] === hash || (generation !== undefined && labels[generationLabel] === generation)
}

export const isAvailable = ({ set, now }: Pick<DaemonSetState, 'set' | 'now'>, pod: Pod): boolean =>
  availableIn(pod, set.spec.minReadySeconds ?? 0, now) === 0

/** How many nodes may be without the pod, or have two, while `desired` nodes should have one. Never both 0. */
export function rollingLimits({ spec: { updateStrategy } }: DaemonSet, desired: number): { maxSurge: number; maxUnavailable: number } {
  if (updateStrategy.type !== 'RollingUpdate') return { maxSurge: 0, maxUnavailable: 0 }
  const maxSurge = scaledValue(updateStrategy.rollingUpdate?.maxSurge ?? 0, desired, 'up')
  const maxUnavailable = scaledValue(updateStrategy.rollingUpdate?.maxUnavailable ?? 1, desired, 'up')
  return { maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable }
}

export const allowsSurge = ({ spec: { updateStrategy } }: DaemonSet): boolean => {
  const surge = updateStrategy.type === 'RollingUpdate' ? (updateStrategy.rollingUpdate?.maxSurge ?? 0) : 0
  return surge !== 0 && surge !== '0%'
}

/** The pod of a node, without its name. */
export function daemonPod(set: DaemonSet, node: string, hash: string) {
  const { template } = set.spec
  const { metadata } = podFromTemplate(template, set.metadata.namespace)
  const generation = generationOf(set)
  const labels = { ...metadata.labels, ...(generation === undefined ? {} : { [generationLabel]: generation }), [revisionLabel]: hash }
  const affinity = pinnedAffinity(template.spec.affinity, node)
  return { metadata: { ...metadata, labels }, spec: { ...template.spec, affinity, tolerations: daemonTolerations(template.spec) } }
}
