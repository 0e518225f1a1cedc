import type { Pod } from '../../../api/core/pod.ts'
import { failuresBefore, finishedAt, ignoredFailuresBefore } from './job-pods.ts'

const firstDelay = 10_000
const longestDelay = 360_000

/** How pods of a Job have failed lately. It lives in memory only, as upstream's: a restart begins anew. */
export interface FailureRecord {
  readonly failures: number
  /** When the last of them ended, in milliseconds. */
  readonly last: number
}
export const noFailures: FailureRecord = { failures: 0, last: 0 }

/** The record after more pods have ended: a success forgives all failures before it (upstream's newBackoffRecord). */
export function recordEnds(
  record: FailureRecord,
  { succeeded, failed }: { succeeded: readonly Pod[]; failed: readonly Pod[] },
): FailureRecord {
  const failures = failed.map(finishedAt)
  if (succeeded.length === 0) {
    return failures.length === 0 ? record : { failures: record.failures + failures.length, last: Math.max(...failures) }
  }
  const success = Math.max(...succeeded.map(finishedAt))
  const since = failures.filter(time => time > success)
  return since.length === 0 ? noFailures : { failures: since.length, last: Math.max(...since) }
}

/** Milliseconds until the next pod may be made: 10 s after the first failure, twice as long after each further one, 6 min at most. */
export function waitAfter({ failures, last }: FailureRecord, now: Date): number {
  if (failures === 0) return 0
  const delay = Math.min(firstDelay * 2 ** (failures - 1), longestDelay)
  return Math.max(0, last + delay - now.getTime())
}

/** The same for one index, from the pod of it that failed last. */
export const waitAfterPod = (pod: Pod | undefined, now: Date): number =>
  pod ? waitAfter({ failures: failuresBefore(pod) + ignoredFailuresBefore(pod) + 1, last: finishedAt(pod) }, now) : 0
