import type { ReplicaSetStatus } from '../../../api/apps/replica-set.ts'
import { removeCondition, setCondition } from '../../../api/conditions.ts'
import type { Pod } from '../../../api/core/pod.ts'
import type { PodTemplateSpec } from '../../../api/core/pod-spec.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import { availableIn, isPodReady } from '../pod-readiness.ts'

/** What keeps a number of like pods: a ReplicaSet or a ReplicationController. */
export interface Replicated extends KubernetesObject {
  spec: { replicas?: number; minReadySeconds?: number; template?: PodTemplateSpec }
  status: ReplicaSetStatus
}

export interface ObservedPods {
  readonly active: readonly Pod[]
  readonly terminating: number
  /** Why pods could not be created or deleted in this round. */
  readonly failure?: { readonly reason: 'FailedCreate' | 'FailedDelete'; readonly message: string } | undefined
  readonly now: Date
}

/** The status that the pods amount to, and in how many milliseconds the next one becomes available. */
export function replicaSetStatus(
  set: Replicated,
  { active, terminating, failure, now }: ObservedPods,
): { status: ReplicaSetStatus; after?: number } {
  const minReadySeconds = set.spec.minReadySeconds ?? 0
  const templateLabels = Object.entries(set.spec.template?.metadata?.labels ?? {})
  const waits = active.map(pod => availableIn(pod, minReadySeconds, now))
  const future = waits.filter(wait => wait !== undefined && wait > 0) as number[]
  const conditions = failure
    ? setCondition(set.status.conditions, { type: 'ReplicaFailure', status: 'True', ...failure }, now)
    : removeCondition(set.status.conditions, 'ReplicaFailure')
  const status: ReplicaSetStatus = {
    replicas: active.length,
    fullyLabeledReplicas: active.filter(pod => templateLabels.every(([key, value]) => pod.metadata.labels?.[key] === value)).length,
    readyReplicas: active.filter(isPodReady).length,
    availableReplicas: waits.filter(wait => wait === 0).length,
    terminatingReplicas: terminating,
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    ...(conditions.length > 0 ? { conditions } : {}),
  }
  return { status, ...(future.length > 0 ? { after: Math.min(...future) } : {}) }
}
