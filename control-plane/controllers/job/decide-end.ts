import type { Job } from '../../../api/batch/job.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { countRanges } from './index-ranges.ts'
import { decidedEnd } from './job-conditions.ts'
import type { JobFacts } from './job-facts.ts'
import { isIndexed, isPodFailed, isSuspended } from './job-pods.ts'
import { judgeFailure } from './pod-failure-policy.ts'
import { metSuccessRule } from './success-policy.ts'

/** How a Job ends: first said by SuccessCriteriaMet or FailureTarget, and by Complete or Failed once all pods are counted. */
export interface JobEnd {
  readonly succeeded: boolean
  readonly reason: string
  readonly message: string
}

export const completionsReached: JobEnd = {
  succeeded: true,
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
}

const failure = (reason: string, message: string): JobEnd => ({ succeeded: false, reason, message })

/** Whether the Job has to end though pods may be running, and how; what was decided once stays. In upstream's order of reasons. */
export function decideEnd(job: Job, facts: JobFacts, now: Date): JobEnd | undefined {
  const decided = decidedEnd(job)
  if (decided) {
    const { type, reason = '', message = '' } = decided
    return { succeeded: type === 'SuccessCriteriaMet', reason, message }
  }
  const message = failJobMessage(job, facts.pods)
  if (message !== undefined) return failure('PodFailurePolicy', message)
  if (facts.failed > (job.spec.backoffLimit ?? 6) || restartedTooOften(job, facts.pods))
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  if (deadlineIn(job, now) === 0) return failure('DeadlineExceeded', 'Job was active longer than specified deadline')
  return isIndexed(job) ? decideEndByIndexes(job, facts) : undefined
}

function decideEndByIndexes({ spec }: Job, { failedIndexes = [], succeededIndexes }: JobFacts): JobEnd | undefined {
  const { completions = 0, maxFailedIndexes, successPolicy } = spec
  const failed = countRanges(failedIndexes)
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes)
    return failure('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes')
  if (failed > 0 && failed + countRanges(succeededIndexes) >= completions) return failure('FailedIndexes', 'Job has failed indexes')
  const message = metSuccessRule(successPolicy, succeededIndexes, completions)
  return message === undefined ? undefined : { succeeded: true, reason: 'SuccessPolicy', message }
}

/** Milliseconds until the Job's deadline, 0 when it is past; undefined when there is none or its clock stands still. */
export function deadlineIn(job: Job, now: Date): number | undefined {
  const { activeDeadlineSeconds } = job.spec
  const { startTime } = job.status
  if (activeDeadlineSeconds === undefined || !startTime || isSuspended(job)) return undefined
  return Math.max(0, Date.parse(startTime) + activeDeadlineSeconds * 1000 - now.getTime())
}

function failJobMessage(job: Job, pods: readonly Pod[]): string | undefined {
  if (!job.spec.podFailurePolicy) return undefined
  for (const pod of pods) {
    const { message } = isPodFailed(pod, job) ? judgeFailure(job.spec.podFailurePolicy, pod) : {}
    if (message !== undefined) return message
  }
  return undefined
}

/** With restart policy OnFailure the containers' restarts are the failures (upstream's pastBackoffLimitOnFailure). */
function restartedTooOften({ spec }: Job, pods: readonly Pod[]): boolean {
  if (spec.template.spec.restartPolicy !== 'OnFailure') return false
  const restarts = pods
    .filter(({ status }) => status.phase === 'Running' || status.phase === 'Pending')
    .flatMap(({ status }) => [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0)
  const { backoffLimit = 6 } = spec
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit
}

/** Whether so many pods have succeeded that nothing is left to do. `active`: how many still run. */
export function isComplete({ spec }: Job, { succeeded }: JobFacts, active: number): boolean {
  if (active > 0) return false
  return spec.completions === undefined ? succeeded > 0 : succeeded >= spec.completions
}
