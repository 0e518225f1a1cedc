import type { Job, JobStatus } from '../../../api/batch/job.ts'
import { findCondition } from '../../../api/conditions.ts'
import type { EventText } from '../../../client/event-recorder.ts'
import type { JobEnd } from './decide-end.ts'

const normal = (reason: string, message: string): EventText => ({ type: 'Normal', reason, message })
const warning = (reason: string, message: string): EventText => ({ type: 'Warning', reason, message })

/** What is to be told when the Job begins or ends a rest. */
export function suspensionEvents(before: JobStatus, after: JobStatus): readonly EventText[] {
  const next = findCondition(after.conditions, 'Suspended')
  if (!next || next.status === findCondition(before.conditions, 'Suspended')?.status) return []
  return [next.status === 'True' ? normal('Suspended', 'Job suspended') : normal('Resumed', 'Job resumed')]
}

/** What is to be told when the Job has finished (upstream's recordJobFinished). */
export function endEvents({ spec }: Job, { succeeded = 0 }: JobStatus, end: JobEnd): readonly EventText[] {
  if (!end.succeeded) return [warning(end.reason, end.message)]
  const tooMany = spec.completions !== undefined && succeeded > spec.completions
  return [
    ...(tooMany ? [warning('TooManySucceededPods', 'Too many succeeded pods running after completion count reached')] : []),
    normal('Completed', 'Job completed'),
  ]
}
