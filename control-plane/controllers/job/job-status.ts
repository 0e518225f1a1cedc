import type { Job, JobCondition, JobStatus } from '../../../api/batch/job.ts'
import { timestamp } from '../../../api/time.ts'
import type { JobEnd } from './decide-end.ts'
import { newCondition, withCondition } from './job-conditions.ts'
import { isSuspended } from './job-pods.ts'

/** The Job as it counts from now on: its clock starts when it is first looked at and does not rest. */
export const withStartTime = (job: Job, now: Date): Job =>
  job.status.startTime || isSuspended(job) ? job : { ...job, status: { ...job.status, startTime: timestamp(now) } }

export interface Progress {
  readonly active: number
  readonly ready: number
  readonly terminating: number
  readonly end: JobEnd | undefined
  /** Its pods were looked after, and it goes on. */
  readonly goesOn: boolean
  readonly now: Date
}

/** The status with what is true at this moment: pods, whether it rests, and how it will end. */
export function progressStatus(job: Job, counted: JobStatus, { active, ready, terminating, end, goesOn, now }: Progress): JobStatus {
  const status = { ...counted, active, ready, terminating }
  const { conditions = [] } = status
  if (end) return { ...status, conditions: [...withCondition(conditions, interim(end, now))] }
  return goesOn ? withSuspension(job, status, now) : status
}

/** Upstream moves no condition that was said before: the first decision stands. */
const interim = ({ succeeded, reason, message }: JobEnd, now: Date): JobCondition =>
  newCondition(succeeded ? 'SuccessCriteriaMet' : 'FailureTarget', { reason, message, now })

function withSuspension(job: Job, status: JobStatus, now: Date): JobStatus {
  const suspended = isSuspended(job)
  const { conditions = [] } = status
  const condition = suspended
    ? newCondition('Suspended', { reason: 'JobSuspended', message: 'Job suspended', now })
    : { ...newCondition('Suspended', { reason: 'JobResumed', message: 'Job resumed', now }), status: 'False' }
  const next = withCondition(conditions, condition)
  if (next === conditions) return status
  // The deadline counts the time without a rest: it begins anew.
  const { startTime: _, ...rest } = status
  return { ...rest, conditions: [...next], ...(suspended ? {} : { startTime: timestamp(now) }) }
}

/** The final status, or undefined while pods are uncounted or still ending (upstream's enactJobFinished). */
export function finishedStatus(status: JobStatus, { succeeded, reason, message }: JobEnd, now: Date): JobStatus | undefined {
  const uncounted = Object.values(status.uncountedTerminatedPods ?? {}).some(uids => uids.length > 0)
  if (uncounted || (status.terminating ?? 0) > 0) return undefined
  const condition = newCondition(succeeded ? 'Complete' : 'Failed', { reason, message, now })
  return {
    ...status,
    startTime: status.startTime ?? timestamp(now),
    conditions: [...withCondition(status.conditions ?? [], condition)],
    ...(succeeded ? { completionTime: condition.lastTransitionTime } : {}),
  }
}
