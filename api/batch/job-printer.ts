import type { Job } from './job.ts'
import { isConditionTrue } from '../conditions.ts'
import { humanDuration } from '../time.ts'

export function jobStatusOf({ metadata, status }: Job): string {
  const has = (type: string) => isConditionTrue(status.conditions, type)
  if (has('Complete')) return 'Complete'
  if (has('Failed')) return 'Failed'
  if (metadata.deletionTimestamp) return 'Terminating'
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(has) ?? 'Running'
}

/** `2/3`, or `0/1 of 4` where any one success ends it. */
export function completionsOf({ spec, status }: Job): string {
  const { completions, parallelism = 0 } = spec
  const succeeded = status.succeeded ?? 0
  if (completions !== undefined) return `${succeeded}/${completions}`
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

export function durationOf({ status }: Job, now: Date): string {
  const { startTime, completionTime } = status
  if (!startTime) return ''
  return humanDuration((completionTime ? Date.parse(completionTime) : now.getTime()) - Date.parse(startTime))
}
