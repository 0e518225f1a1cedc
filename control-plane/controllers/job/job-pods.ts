import type { Job } from '../../../api/batch/job.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { findCondition, isConditionTrue } from '../../../api/conditions.ts'

/** Keeps a pod of a Job until its end has been counted. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking'
/** Annotation and label with the index of a pod of an Indexed Job. */
export const completionIndex = 'batch.kubernetes.io/job-completion-index'
/** How often pods of this index have failed before this one; with `backoffLimitPerIndex`. */
export const indexFailureCount = 'batch.kubernetes.io/job-index-failure-count'
/** How often pods of this index have failed before in a way that the podFailurePolicy ignores. */
export const indexIgnoredFailureCount = 'batch.kubernetes.io/job-index-ignored-failure-count'

const builtInManager = 'kubernetes.io/job-controller'

export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed'
export const isSuspended = ({ spec }: Job): boolean => spec.suspend === true
/** Somebody else looks after this Job. */
export const isManagedElsewhere = ({ spec }: Job): boolean => spec.managedBy !== undefined && spec.managedBy !== builtInManager
export const isJobFinished = ({ status }: Job): boolean =>
  isConditionTrue(status.conditions, 'Complete') || isConditionTrue(status.conditions, 'Failed')
/** Whether a pod is replaced only once it has really failed, not as soon as it is being deleted. */
export const replacesOnlyFailed = ({ spec }: Job): boolean => spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined

export const isTracked = (pod: Pod): boolean => pod.metadata.finalizers?.includes(trackingFinalizer) ?? false

/** A pod being deleted counts as failed too, unless replacement has to wait for its end: it may never come to report it. */
export const isPodFailed = (pod: Pod, job: Job): boolean =>
  pod.status.phase === 'Failed' ||
  (!replacesOnlyFailed(job) && pod.metadata.deletionTimestamp !== undefined && pod.status.phase !== 'Succeeded')

const annotatedNumber = (pod: Pod, name: string): number | undefined => {
  const text = pod.metadata.annotations?.[name]
  return text !== undefined && /^\+?\d+$/.test(text) && Number(text) < 2 ** 31 ? Number(text) : undefined
}

/** The pod's index; undefined when it has none that makes sense. */
export const indexOf = (pod: Pod): number | undefined => annotatedNumber(pod, completionIndex)

/** The pod's index, if the Job has such an index. */
export function validIndexOf(pod: Pod, { spec }: Job): number | undefined {
  const index = indexOf(pod)
  return index !== undefined && index < (spec.completions ?? 0) ? index : undefined
}

export const failuresBefore = (pod: Pod): number => annotatedNumber(pod, indexFailureCount) ?? 0
export const ignoredFailuresBefore = (pod: Pod): number => annotatedNumber(pod, indexIgnoredFailureCount) ?? 0

/**
 * When a pod came to its end, in milliseconds (upstream's getFinishedTime): the end of its last container, or when it stopped
 * being ready, or when it was deleted; its creation when nothing else is known.
 */
export function finishedAt({ metadata, status }: Pod): number {
  const ends = (status.containerStatuses ?? []).map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ''))
  if (ends.length > 0 && !ends.some(Number.isNaN)) return Math.max(...ends)
  const ready = findCondition(status.conditions, 'Ready')
  if (ready?.status === 'False' && ready.lastTransitionTime) return Date.parse(ready.lastTransitionTime)
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata
  if (deletionTimestamp) return Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000
  return Date.parse(metadata.creationTimestamp)
}
