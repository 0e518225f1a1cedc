import type { Job, JobStatus, UncountedTerminatedPods } from '../../../api/batch/job.ts'
import type { Pod } from '../../../api/core/pod.ts'
import type { JobEnd } from './decide-end.ts'
import { countRanges, formatRanges, includesIndex, withIndexes } from './index-ranges.ts'
import type { JobFacts } from './job-facts.ts'
import { indexOf, isIndexed, isPodFailed, validIndexOf } from './job-pods.ts'
import { judgeFailure } from './pod-failure-policy.ts'

/** Upstream's MaxUncountedPods: the status does not grow beyond that. */
const mostUncounted = 500

export interface Counting {
  /** What the status says before the finalizers go: the ends that are about to be counted. */
  readonly status: JobStatus
  /** Whose finalizers may go once that is written. */
  readonly release: readonly Pod[]
  /** False when there was too much to count in one go. */
  readonly all: boolean
}

/**
 * Exact counting (upstream's trackJobStatusAndRemoveFinalizers): a pod that has ended is first written down by uid, then loses its
 * finalizer, and is a number only when it has. Whatever crashes in between, the next look finds the pod in exactly one of
 * the three states. Of Indexed Jobs successes need no uid: their index tells.
 */
export function planCounting(job: Job, facts: JobFacts, end: JobEnd | undefined): Counting {
  const settled = settle(job.status, new Set(facts.tracked.map(({ metadata }) => metadata.uid)))
  const { succeeded = [], failed = [] } = settled.uncountedTerminatedPods ?? {}
  const found = { succeeded: [...succeeded], failed: [...failed] }
  const newIndexes: number[] = []
  const release: Pod[] = []
  let all = true
  for (const pod of inOrder(job, facts.tracked)) {
    if (!mayRelease(pod, job, { facts, end })) continue
    release.push(pod)
    const { uid } = pod.metadata
    if (pod.status.phase === 'Succeeded' && !found.failed.includes(uid)) {
      const index = validIndexOf(pod, job)
      if (!isIndexed(job)) addTo(found.succeeded, uid)
      else if (index !== undefined && !includesIndex(facts.countedIndexes, index)) newIndexes.push(index)
    } else if (countsAsFailed(pod, job, end)) addTo(found.failed, uid)
    if (newIndexes.length + found.succeeded.length + found.failed.length >= mostUncounted) {
      all = false
      break
    }
  }
  const status = { ...settled, uncountedTerminatedPods: withoutEmpty(found) }
  return { status: isIndexed(job) ? { ...status, ...indexStatus(facts, newIndexes) } : status, release, all }
}

/** Turns uncounted pods that have lost their finalizer into numbers; `tracked`: the uids of those that have it still. */
export function settle(status: JobStatus, tracked: ReadonlySet<string>): JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {}
  const left = { succeeded: succeeded.filter(uid => tracked.has(uid)), failed: failed.filter(uid => tracked.has(uid)) }
  return {
    ...status,
    succeeded: (status.succeeded ?? 0) + succeeded.length - left.succeeded.length,
    failed: (status.failed ?? 0) + failed.length - left.failed.length,
    uncountedTerminatedPods: withoutEmpty(left),
  }
}

const addTo = (uids: string[], uid: string) => void (uids.includes(uid) || uids.push(uid))

const withoutEmpty = ({ succeeded, failed }: { succeeded: string[]; failed: string[] }): UncountedTerminatedPods => ({
  ...(succeeded.length > 0 ? { succeeded } : {}),
  ...(failed.length > 0 ? { failed } : {}),
})

/** Indexes become complete in ascending order. */
const inOrder = (job: Job, pods: readonly Pod[]): readonly Pod[] =>
  isIndexed(job) ? [...pods].sort((a, b) => (indexOf(a) ?? -1) - (indexOf(b) ?? -1)) : pods

/** A failed pod of an index stays until its replacement has taken over its count (upstream's canRemoveFinalizer). */
function mayRelease(pod: Pod, job: Job, { facts, end }: { facts: JobFacts; end: JobEnd | undefined }): boolean {
  if (job.metadata.deletionTimestamp || end || pod.status.phase === 'Succeeded') return true
  if (!isPodFailed(pod, job)) return false
  const index = validIndexOf(pod, job)
  return index === undefined || facts.replaceable.get(index)?.metadata.uid !== pod.metadata.uid
}

/** In a Job that fails every pod that has not succeeded is a failure. */
function countsAsFailed(pod: Pod, job: Job, end: JobEnd | undefined): boolean {
  if (!isPodFailed(pod, job) && !(end && !end.succeeded)) return false
  if (isIndexed(job) && validIndexOf(pod, job) === undefined) return false
  return judgeFailure(job.spec.podFailurePolicy, pod).counts
}

function indexStatus({ succeededIndexes, failedIndexes }: JobFacts, newIndexes: readonly number[]): Partial<JobStatus> {
  const completed = withIndexes(succeededIndexes, newIndexes)
  return {
    succeeded: countRanges(completed),
    completedIndexes: formatRanges(completed),
    ...(failedIndexes ? { failedIndexes: formatRanges(failedIndexes) } : {}),
  }
}
