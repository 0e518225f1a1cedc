import type { Pod } from '../../../api/core/pod.ts'
import { findCondition } from '../../../api/conditions.ts'
import { availableIn, isPodReady } from '../pod-readiness.ts'

/** Upstream creates and deletes at most so many pods in one go. */
const burstReplicas = 500

export type PodPlan = { readonly create: number } | { readonly delete: readonly Pod[] }

export interface PodsFacts {
  /** Active pods of sibling ReplicaSets, which tell how crowded nodes are. */
  readonly related: readonly Pod[]
  readonly minReadySeconds?: number
  readonly now: Date
}

/** What brings `pods` (the active ones) to `replicas`. */
export function planPods(pods: readonly Pod[], replicas: number, { related, minReadySeconds = 0, now }: PodsFacts): PodPlan {
  const missing = replicas - pods.length
  if (missing >= 0) return { create: Math.min(missing, burstReplicas) }
  const surplus = Math.min(-missing, burstReplicas)
  const perNode = new Map<string, number>()
  for (const pod of related) {
    const node = pod.spec.nodeName ?? ''
    if (node) perNode.set(node, (perNode.get(node) ?? 0) + 1)
  }
  const rank = (pod: Pod) => perNode.get(pod.spec.nodeName ?? '') ?? 0
  return { delete: [...pods].sort((a, b) => deletionOrder(a, b, { rank, minReadySeconds, now })).slice(0, surplus) }
}

const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }
const deletionCost = (pod: Pod) => Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0) || 0
const restarts = (pod: Pod) => Math.max(0, ...(pod.status.containerStatuses ?? []).map(({ restartCount }) => restartCount))
const readySince = (pod: Pod) => Date.parse(findCondition(pod.status.conditions, 'Ready')?.lastTransitionTime ?? '') || 0
const createdAt = (pod: Pod) => Date.parse(pod.metadata.creationTimestamp) || 0

/** Young pods are alike: ages count by powers of two, so that the order is fair among those of about the same age. */
const ageRank = (time: number, now: Date) => Math.floor(Math.log2(Math.max(1, now.getTime() - time)))

export interface OrderFacts {
  rank(pod: Pod): number
  readonly minReadySeconds?: number
  readonly now: Date
}

/**
 * Upstream's ActivePodsWithRanks: which of two pods goes first. Unassigned before assigned, pending before running, not
 * ready before ready, lower deletion cost, more crowded node, ready for less time, more restarts, younger. Besides, a pod that is
 * not available yet goes before one that is: else a Deployment whose old pods make room would lose one that it counts on.
 */
export function deletionOrder(a: Pod, b: Pod, { rank, minReadySeconds = 0, now }: OrderFacts): number {
  const ready = isPodReady(a)
  const available = (pod: Pod) => Number(availableIn(pod, minReadySeconds, now) === 0)
  const keys = [
    Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName)),
    (phases[a.status.phase ?? ''] ?? 0) - (phases[b.status.phase ?? ''] ?? 0),
    Number(ready) - Number(isPodReady(b)),
    available(a) - available(b),
    deletionCost(a) - deletionCost(b),
    rank(b) - rank(a),
    ready && isPodReady(b) ? ageRank(readySince(a), now) - ageRank(readySince(b), now) : 0,
    restarts(b) - restarts(a),
    ageRank(createdAt(a), now) - ageRank(createdAt(b), now),
    a.metadata.uid < b.metadata.uid ? -1 : 1,
  ]
  return keys.find(key => key !== 0) ?? 0
}
