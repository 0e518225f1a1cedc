import { parseIndexes } from './indexes.ts'
import type { Job, JobStatus } from './job.ts'
import { nonNegativeErrors } from '../apps/template-validation.ts'
import { isConditionTrue } from '../conditions.ts'
import { fieldInvalid, fieldRequired, invalidWithoutValue, type FieldError } from '../schema/field-error.ts'

const has = (status: JobStatus, type: string) => isConditionTrue(status.conditions, type)
const isFinished = (status: JobStatus) => has(status, 'Complete') || has(status, 'Failed')

/** A status must make sense in itself, and go forward only. */
export const validateJobStatus = (next: Job, current: Job): FieldError[] => [
  ...validateCounts(next.status),
  ...validateConditions(next.status),
  ...validateTimes(next.status),
  ...validateEnd(next.status),
  ...validateIndexes(next),
  ...validateProgress(next, current),
]

const validateCounts = (status: JobStatus): FieldError[] => [
  ...(['active', 'succeeded', 'failed', 'ready', 'terminating'] as const).flatMap(name =>
    nonNegativeErrors(status[name], `status.${name}`),
  ),
  ...((status.ready ?? 0) > (status.active ?? 0)
    ? [fieldInvalid('status.ready', status.ready, 'cannot set more ready pods than active')]
    : []),
]

/** Pairs of conditions of which the first may not be true while the second is, or is not. */
function validateConditions(status: JobStatus): FieldError[] {
  const wrong = (broken: boolean, detail: string) => (broken ? [invalidWithoutValue('status.conditions', detail)] : [])
  const [complete, failed] = [has(status, 'Complete'), has(status, 'Failed')]
  const [failing, met] = [has(status, 'FailureTarget'), has(status, 'SuccessCriteriaMet')]
  return [
    ...wrong(complete && failed, 'cannot set Complete=True and Failed=true conditions'),
    ...wrong(complete && failing, 'cannot set Complete=True and FailureTarget=true conditions'),
    ...wrong(failed && !failing, 'cannot set Failed=True condition without the FailureTarget=true condition'),
    ...wrong(complete && !met, 'cannot set Complete=True condition without the SuccessCriteriaMet=true condition'),
    ...wrong(met && failed, 'cannot set SuccessCriteriaMet=True and Failed=true conditions'),
    ...wrong(met && failing, 'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'),
  ]
}

function validateTimes(status: JobStatus): FieldError[] {
  const { startTime, completionTime } = status
  const path = 'status.completionTime'
  const complete = has(status, 'Complete')
  const early = startTime && completionTime && Date.parse(completionTime) < Date.parse(startTime)
  return [
    ...(completionTime && !complete
      ? [fieldInvalid(path, completionTime, 'cannot set completionTime when there is no Complete=True condition')]
      : []),
    ...(!completionTime && complete ? [fieldRequired(path, 'completionTime is required for Complete jobs')] : []),
    ...(early ? [fieldInvalid(path, completionTime, 'completionTime cannot be set before startTime')] : []),
  ]
}

function validateEnd(status: JobStatus): FieldError[] {
  if (!isFinished(status)) return []
  const { active = 0, terminating = 0, startTime, uncountedTerminatedPods: pods } = status
  const uncounted = (pods?.failed ?? []).length + (pods?.succeeded ?? []).length
  return [
    ...(active > 0 ? [fieldInvalid('status.active', active, 'active>0 is invalid for finished job')] : []),
    ...(startTime ? [] : [fieldRequired('status.startTime', 'startTime is required for finished job')]),
    ...(uncounted > 0
      ? [fieldInvalid('status.uncountedTerminatedPods', pods, 'uncountedTerminatedPods needs to be empty for finished job')]
      : []),
    ...(terminating > 0 ? [fieldInvalid('status.terminating', terminating, 'terminating>0 is invalid for finished job')] : []),
  ]
}

function validateIndexes({ spec, status }: Job): FieldError[] {
  const { completedIndexes = '', failedIndexes } = status
  const errors = [
    ...(spec.completions === undefined ? [] : indexErrors('completedIndexes', completedIndexes, spec.completions)),
    ...(spec.completions === undefined || spec.backoffLimitPerIndex === undefined || failedIndexes === undefined
      ? []
      : indexErrors('failedIndexes', failedIndexes, spec.completions)),
  ]
  const indexed = spec.completionMode === 'Indexed'
  const unasked = 'cannot set non-empty completedIndexes when non-indexed completion mode'
  if (completedIndexes && !indexed) errors.push(fieldInvalid('status.completedIndexes', completedIndexes, unasked))
  if (failedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    errors.push(fieldInvalid('status.failedIndexes', failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'))
  return errors
}

function indexErrors(name: 'completedIndexes' | 'failedIndexes', text: string, completions: number): FieldError[] {
  try {
    parseIndexes(text, completions)
    return []
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return [fieldInvalid(`status.${name}`, text, `error parsing ${name}: ${error.message}`)]
  }
}

function validateProgress({ spec, status }: Job, { status: before }: Job): FieldError[] {
  const decreased = (name: 'failed' | 'succeeded') =>
    (status[name] ?? 0) < (before[name] ?? 0)
      ? [fieldInvalid(`status.${name}`, status[name] ?? 0, `cannot decrease the ${name} counter`)]
      : []
  const { startTime, completionTime } = status
  return [
    ...['Failed', 'Complete', 'FailureTarget']
      .filter(type => has(before, type) && !has(status, type))
      .map(type => invalidWithoutValue('status.conditions', `cannot disable the terminal ${type}=True condition`)),
    ...decreased('failed'),
    ...decreased('succeeded'),
    ...(completionTime && before.completionTime && completionTime !== before.completionTime
      ? [fieldInvalid('status.completionTime', completionTime, 'completionTime cannot be mutated')]
      : []),
    ...(before.startTime && before.startTime !== startTime && !spec.suspend
      ? [fieldRequired('status.startTime', 'startTime cannot be removed for unsuspended job')]
      : []),
    ...(has(before, 'SuccessCriteriaMet') && !has(status, 'SuccessCriteriaMet')
      ? [invalidWithoutValue('status.conditions', 'cannot disable the SuccessCriteriaMet=True condition')]
      : []),
  ]
}
