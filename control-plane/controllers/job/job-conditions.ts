import type { Job, JobCondition } from '../../../api/batch/job.ts'
import { findCondition } from '../../../api/conditions.ts'
import { timestamp } from '../../../api/time.ts'

export const newCondition = (type: string, { reason, message, now }: { reason: string; message: string; now: Date }): JobCondition => ({
  type,
  status: 'True',
  lastProbeTime: timestamp(now),
  lastTransitionTime: timestamp(now),
  reason,
  message,
})

/** The list with the condition; the same list when it says so already. One that was never there does not become False. */
export function withCondition(conditions: readonly JobCondition[], wanted: JobCondition): readonly JobCondition[] {
  const current = findCondition(conditions, wanted.type)
  if (!current) return wanted.status === 'False' ? conditions : [...conditions, wanted]
  const { status, reason, message } = wanted
  if (current.status === status && current.reason === reason && current.message === message) return conditions
  return conditions.map(each => (each === current ? wanted : each))
}

const trueCondition = ({ status }: Job, type: string): JobCondition | undefined => {
  const found = findCondition(status.conditions, type)
  return found?.status === 'True' ? found : undefined
}

/** How a Job was found to have ended, while its pods are still being ended and counted. */
export const decidedEnd = (job: Job): JobCondition | undefined =>
  trueCondition(job, 'SuccessCriteriaMet') ?? trueCondition(job, 'FailureTarget')

/** When a finished Job finished, in milliseconds; undefined while it is not. */
export function jobFinishedAt(job: Job): number | undefined {
  const { lastTransitionTime } = trueCondition(job, 'Complete') ?? trueCondition(job, 'Failed') ?? {}
  return lastTransitionTime === undefined ? undefined : Date.parse(lastTransitionTime)
}
