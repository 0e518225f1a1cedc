import type { Deployment, DeploymentCondition, DeploymentStatus } from '../../../api/apps/deployment.ts'
import type { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { findCondition, removeCondition } from '../../../api/conditions.ts'
import { timestamp } from '../../../api/time.ts'
import { desiredReplicas, rollingLimits, totalAvailable, totalReplicas } from './limits.ts'
import { allOf, type Sets } from './plan-rollout.ts'

type Conditions = readonly DeploymentCondition[]
type Verdict = Pick<DeploymentCondition, 'type' | 'status' | 'reason' | 'message'>

/** Upstream's SetDeploymentCondition: a condition with the same status and reason stays as it is, message and all. */
export function withCondition(conditions: Conditions | undefined, verdict: Verdict, now: Date): DeploymentCondition[] {
  const list = conditions ?? []
  const current = findCondition(list, verdict.type)
  if (current?.status === verdict.status && current.reason === verdict.reason) return [...list]
  const time = timestamp(now)
  const lastTransitionTime = current?.status === verdict.status ? (current.lastTransitionTime ?? time) : time
  return [...removeCondition(list, verdict.type), { ...verdict, lastUpdateTime: time, lastTransitionTime }]
}

const sum = (sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number | undefined) =>
  sets.reduce((total, set) => total + (count(set) ?? 0), 0)

/** Counters and the condition Available, from what the ReplicaSets say. */
export function countedStatus(deployment: Deployment, sets: Sets, now: Date): DeploymentStatus {
  const all = allOf(sets)
  const available = totalAvailable(all)
  const enough = available >= desiredReplicas(deployment) - rollingLimits(deployment).maxUnavailable
  const verdict: Verdict = enough
    ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      }
  const { collisionCount, conditions } = deployment.status
  return {
    ...(deployment.metadata.generation === undefined ? {} : { observedGeneration: deployment.metadata.generation }),
    replicas: sum(all, set => set.status.replicas),
    updatedReplicas: sets.current?.status.replicas ?? 0,
    readyReplicas: sum(all, set => set.status.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, totalReplicas(all) - available),
    ...(all.some(set => set.status.terminatingReplicas === undefined)
      ? {}
      : { terminatingReplicas: sum(all, set => set.status.terminatingReplicas) }),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: withCondition(conditions, verdict, now),
  }
}

export const isComplete = (deployment: Deployment, status: DeploymentStatus): boolean => {
  const desired = desiredReplicas(deployment)
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  )
}

function hasProgressed({ status: before }: Deployment, after: DeploymentStatus): boolean {
  const count = (status: DeploymentStatus, name: 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas') =>
    status[name] ?? 0
  const old = (status: DeploymentStatus) => count(status, 'replicas') - count(status, 'updatedReplicas')
  return (
    count(after, 'updatedReplicas') > count(before, 'updatedReplicas') ||
    old(after) < old(before) ||
    count(after, 'readyReplicas') > count(before, 'readyReplicas') ||
    count(after, 'availableReplicas') > count(before, 'availableReplicas')
  )
}

/** 2³¹-1 seconds mean no deadline at all. */
const unlimited = 2 ** 31 - 1
export const progressDeadline = (deployment: Deployment): number | undefined => {
  const seconds = deployment.spec.progressDeadlineSeconds
  return seconds === undefined || seconds === unlimited ? undefined : seconds * 1000
}

/** Milliseconds until a rollout without progress counts as stuck; negative when it does. Undefined when nothing is under way. */
export function stuckIn(deployment: Deployment, conditions: Conditions | undefined, now: Date): number | undefined {
  const current = findCondition(conditions, 'Progressing')
  const deadline = progressDeadline(deployment)
  if (!current || deadline === undefined || current.reason === 'NewReplicaSetAvailable' || !current.lastUpdateTime) return undefined
  return Date.parse(current.lastUpdateTime) + deadline - now.getTime()
}

/** The counted status with the conditions Progressing and ReplicaFailure of a rollout. */
export function rolloutStatus(deployment: Deployment, sets: Sets, now: Date): DeploymentStatus {
  const status = countedStatus(deployment, sets, now)
  const progressing = progress({ deployment, status, sets, now })
  return { ...status, conditions: withFailure(progressing, sets, now) }
}

function progress({
  deployment,
  status,
  sets,
  now,
}: {
  deployment: Deployment
  status: DeploymentStatus
  sets: Sets
  now: Date
}): Conditions {
  const conditions = status.conditions ?? []
  if (progressDeadline(deployment) === undefined) return removeCondition(conditions, 'Progressing')
  const current = findCondition(conditions, 'Progressing')
  if (status.replicas === status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable') return conditions
  const subject = sets.current ? `ReplicaSet "${sets.current.metadata.name}"` : `Deployment "${deployment.metadata.name}"`
  const verdict = (status: string, reason: string, message: string): Verdict => ({
    type: 'Progressing',
    status,
    reason,
    message: `${subject} ${message}`,
  })
  if (isComplete(deployment, status)) {
    return withCondition(conditions, verdict('True', 'NewReplicaSetAvailable', 'has successfully progressed.'), now)
  }
  if (hasProgressed(deployment, status)) {
    // Taken away first so that the time of the update moves even where status and reason stay.
    const fresh = withCondition(removeCondition(conditions, 'Progressing'), verdict('True', 'ReplicaSetUpdated', 'is progressing.'), now)
    const since = current?.status === 'True' ? current.lastTransitionTime : undefined
    return since === undefined ? fresh : fresh.map(each => (each.type === 'Progressing' ? { ...each, lastTransitionTime: since } : each))
  }
  if ((stuckIn(deployment, conditions, now) ?? 1) <= 0) {
    return withCondition(conditions, verdict('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'), now)
  }
  return conditions
}

/** ReplicaFailure of the new ReplicaSet, or else of any. */
function withFailure(conditions: Conditions, { current, old }: Sets, now: Date): DeploymentCondition[] {
  const failures = [current, ...old].flatMap(set => findCondition(set?.status.conditions, 'ReplicaFailure') ?? [])
  const [failure] = failures
  const without = removeCondition(conditions, 'ReplicaFailure')
  if (!failure) return without
  const { type, status, reason, message, lastTransitionTime: since } = failure
  const verdict = { type, status, ...(reason ? { reason } : {}), ...(message ? { message } : {}) }
  return withCondition(conditions, verdict, since === undefined ? now : new Date(since))
}
