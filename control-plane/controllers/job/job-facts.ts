import type { Job } from '../../../api/batch/job.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { isPodFinished } from '../../../api/pod-phase.ts'
import { isPodActive } from '../pod-readiness.ts'
import { recordEnds, type FailureRecord } from './failure-backoff.ts'
import { countRanges, includesIndex, parseRanges, withIndexes, type IndexRanges } from './index-ranges.ts'
import { failuresBefore, finishedAt, ignoredFailuresBefore, indexOf, isIndexed, isPodFailed, isTracked, validIndexOf } from './job-pods.ts'
import { judgeFailure } from './pod-failure-policy.ts'

/** What the controller did itself and may not see in its cache yet, and what it remembers. */
export interface JobMemory {
  isDeleted(pod: Pod): boolean
  /** Its finalizer has been taken away by us. */
  isReleased(pod: Pod): boolean
  readonly failures: FailureRecord
}

/** What there is of a Job right now, counted and uncounted. */
export interface JobFacts {
  readonly pods: readonly Pod[]
  readonly active: readonly Pod[]
  /** Being deleted, and not at their end yet. */
  readonly terminating: readonly Pod[]
  /** Pods whose end may not be counted yet: they still have their finalizer. */
  readonly tracked: readonly Pod[]
  /** Everything that has ended, whether counted in the status or not; ignored failures left out. */
  readonly succeeded: number
  readonly failed: number
  /** Of Indexed Jobs: what the status says, and that with what has ended since. */
  readonly countedIndexes: IndexRanges
  readonly succeededIndexes: IndexRanges
  /** With backoffLimitPerIndex only. */
  readonly failedIndexes: IndexRanges | undefined
  /** With backoffLimitPerIndex: the failed pod of each index that waits for its replacement, which takes over its count. */
  readonly replaceable: ReadonlyMap<number, Pod>
  readonly failures: FailureRecord
}

/** Looks at a Job and its pods; the beginning of upstream's syncJob. */
export function observeJob(job: Job, pods: readonly Pod[], memory: JobMemory): JobFacts {
  const { status } = job
  const { succeeded: uncountedSuccesses = [], failed: uncountedFailures = [] } = status.uncountedTerminatedPods ?? {}
  const isActive = (pod: Pod) => isPodActive(pod) && !memory.isDeleted(pod)
  const active = pods.filter(isActive)
  const tracked = pods.filter(pod => isTracked(pod) && !memory.isReleased(pod))
  const valid = isIndexed(job) ? tracked.filter(pod => validIndexOf(pod, job) !== undefined) : tracked
  const succeeded = valid.filter(({ metadata, status: { phase } }) => phase === 'Succeeded' && !uncountedSuccesses.includes(metadata.uid))
  const failed = valid.filter(pod => isPodFailed(pod, job) && !uncountedFailures.includes(pod.metadata.uid))
  const counted = failed.filter(pod => judgeFailure(job.spec.podFailurePolicy, pod).counts)
  const indexes = observeIndexes(job, valid)
  return {
    pods,
    active,
    terminating: pods.filter(pod => !isPodFinished(pod) && !isActive(pod)),
    tracked,
    succeeded: isIndexed(job)
      ? countRanges(indexes.succeededIndexes)
      : (status.succeeded ?? 0) + succeeded.length + uncountedSuccesses.length,
    failed: (status.failed ?? 0) + counted.length + uncountedFailures.length,
    ...indexes,
    replaceable: replaceablePods(job, { valid, active, ...indexes }),
    failures: recordEnds(memory.failures, { succeeded, failed }),
  }
}

type Indexes = Pick<JobFacts, 'countedIndexes' | 'succeededIndexes' | 'failedIndexes'>

function observeIndexes(job: Job, valid: readonly Pod[]): Indexes {
  if (!isIndexed(job)) return { countedIndexes: [], succeededIndexes: [], failedIndexes: undefined }
  const { spec, status } = job
  const { completions = 0, backoffLimitPerIndex } = spec
  const indexesOf = (pods: readonly Pod[]) => pods.flatMap(pod => indexOf(pod) ?? [])
  const countedIndexes = parseRanges(status.completedIndexes, completions)
  return {
    countedIndexes,
    succeededIndexes: withIndexes(countedIndexes, indexesOf(valid.filter(pod => pod.status.phase === 'Succeeded'))),
    failedIndexes:
      backoffLimitPerIndex === undefined
        ? undefined
        : withIndexes(
            parseRanges(status.failedIndexes, completions),
            indexesOf(valid.filter(pod => isIndexFailed(pod, job, backoffLimitPerIndex))),
          ),
  }
}

/** Whether with this pod its whole index has failed. */
function isIndexFailed(pod: Pod, job: Job, limit: number): boolean {
  if (!isPodFailed(pod, job)) return false
  const { action, counts } = judgeFailure(job.spec.podFailurePolicy, pod)
  return action === 'FailIndex' || (counts && failuresBefore(pod) >= limit)
}

function replaceablePods(
  job: Job,
  { valid, active, succeededIndexes, failedIndexes }: Indexes & { valid: readonly Pod[]; active: readonly Pod[] },
): ReadonlyMap<number, Pod> {
  const found = new Map<number, Pod>()
  if (!failedIndexes) return found
  const busy = new Set(active.map(indexOf))
  for (const pod of valid) {
    const index = indexOf(pod)
    if (index === undefined || !isPodFailed(pod, job) || busy.has(index)) continue
    if (includesIndex(succeededIndexes, index) || includesIndex(failedIndexes, index)) continue
    const last = found.get(index)
    if (!last || (allFailuresBefore(last) <= allFailuresBefore(pod) && finishedAt(pod) >= finishedAt(last))) found.set(index, pod)
  }
  return found
}

const allFailuresBefore = (pod: Pod) => failuresBefore(pod) + ignoredFailuresBefore(pod)
