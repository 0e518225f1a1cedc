import type { CronJob, CronJobSpec } from './cron-job.ts'
import { parseSchedule } from './cron-schedule.ts'
import { validateJobTemplate } from './job-validation.ts'
import { nonNegativeErrors } from '../apps/template-validation.ts'
import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

/** Jobs append a dash and ten digits to the name, and must stay labels. */
const longestName = 52

function validateSpec(spec: CronJobSpec, current?: CronJobSpec): FieldError[] {
  const policies = ['Allow', 'Forbid', 'Replace'] as const
  const { concurrencyPolicy: policy = 'Allow', jobTemplate } = spec
  const path = 'spec.jobTemplate.spec'
  return [
    ...validateSchedule(spec, current?.schedule.includes('TZ') ?? false),
    ...nonNegativeErrors(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'),
    ...(current && current.timeZone === spec.timeZone ? [] : validateTimeZone(spec.timeZone)),
    ...(policies.includes(policy) ? [] : [fieldNotSupported('spec.concurrencyPolicy', policy, policies)]),
    ...validateJobTemplate(jobTemplate.spec, path),
    ...(jobTemplate.spec.selector
      ? [fieldInvalid(`${path}.selector`, jobTemplate.spec.selector, '`selector` will be auto-generated')]
      : []),
    ...(jobTemplate.spec.manualSelector ? [fieldNotSupported(`${path}.manualSelector`, true, ['nil', 'false'])] : []),
    ...nonNegativeErrors(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'),
    ...nonNegativeErrors(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'),
  ]
}

function validateSchedule({ schedule, timeZone }: CronJobSpec, mayNameZone: boolean): FieldError[] {
  const path = 'spec.schedule'
  if (!schedule) return [fieldRequired(path)]
  const errors: FieldError[] = []
  // A zone may stand in front: Go looks for the first blank.
  const zoned = /^(?:CRON_)?TZ=\S*\s+(.*)$/.exec(schedule)
  try {
    parseSchedule(zoned?.[1] ?? schedule)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    errors.push(fieldInvalid(path, schedule, error.message))
  }
  if (!schedule.includes('TZ')) return errors
  if (!mayNameZone) return [...errors, fieldInvalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')]
  return timeZone === undefined
    ? errors
    : [...errors, fieldInvalid(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')]
}

function validateTimeZone(zone: string | undefined): FieldError[] {
  const path = 'spec.timeZone'
  if (zone === undefined) return []
  if (zone === '') return [fieldInvalid(path, zone, 'timeZone must be nil or non-empty string')]
  const unknown = fieldInvalid(path, zone, `unknown time zone ${zone}`)
  if (!zone.split('/').every(part => /^(?![-])(?!\.{1,2}$)[A-Za-z.\-_0-9+]{1,14}$/.test(part))) return [unknown]
  if (zone.toLowerCase() === 'local')
    return [fieldInvalid(path, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')]
  return isTimeZone(zone) ? [] : [unknown]
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

export function validateCronJob({ metadata, spec }: CronJob): FieldError[] {
  const { name = '' } = metadata
  const errors = validateSpec(spec)
  return name.length > longestName ? [...errors, fieldInvalid('metadata.name', name, 'must be no more than 52 characters')] : errors
}

/** Names that were allowed once stay allowed. */
export const validateCronJobUpdate = (next: CronJob, current: CronJob): FieldError[] => validateSpec(next.spec, current.spec)
