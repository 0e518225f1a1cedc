import type { CronJob, CronJobStatus } from '../../../api/batch/cron-job.ts'
import type { Job } from '../../../api/batch/job.ts'
import type { EventText } from '../../../client/event-recorder.ts'
import { findCondition } from '../../../api/conditions.ts'
import { timestamp } from '../../../api/time.ts'

/** The annotation with the run that a Job was made for. */
export const scheduledTimestamp = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

const normal = (reason: string, message: string): EventText => ({ type: 'Normal', reason, message })
const warning = (reason: string, message: string): EventText => ({ type: 'Warning', reason, message })

/** How a Job ended; undefined while it goes on. */
const endOf = ({ status }: Job): 'Complete' | 'Failed' | undefined =>
  (['Complete', 'Failed'] as const).find(type => findCondition(status.conditions, type)?.status === 'True')

export interface Review {
  readonly status: CronJobStatus
  readonly events: readonly EventText[]
  /** Names of active Jobs that the cache does not show: gone, or not there yet. */
  readonly missing: readonly string[]
}

/**
 * Brings the status up to date with its Jobs: which still run, and when one last succeeded. A run whose Job is there has been started
 * even if that could not be written down; upstream may start it again.
 */
export function reviewJobs({ status }: CronJob, jobs: readonly Job[]): Review {
  const events: EventText[] = []
  let { active = [], lastScheduleTime, lastSuccessfulTime } = status
  for (const job of jobs) {
    const { name, uid } = job.metadata
    const listed = active.some(each => each.uid === uid)
    const end = endOf(job)
    if (!listed && !end) events.push(warning('UnexpectedJob', `Saw a job that the controller did not create or forgot: ${name}`))
    const run = scheduledRun(job)
    if (!listed && run !== undefined && run > (Date.parse(lastScheduleTime ?? '') || 0)) {
      lastScheduleTime = timestamp(new Date(run))
      if (!end) active = [...active, referenceTo(job)]
    }
    if (listed && end) {
      active = active.filter(each => each.uid !== uid)
      events.push(normal('SawCompletedJob', `Saw completed job: ${name}, condition: ${end}`))
    }
    const { completionTime } = job.status
    if (end === 'Complete' && completionTime && Date.parse(completionTime) > Date.parse(lastSuccessfulTime ?? '1970-01-01'))
      lastSuccessfulTime = completionTime
  }
  const missing = active.filter(({ uid }) => !jobs.some(job => job.metadata.uid === uid)).map(({ name = '' }) => name)
  const times = { ...(lastScheduleTime ? { lastScheduleTime } : {}), ...(lastSuccessfulTime ? { lastSuccessfulTime } : {}) }
  return { status: { ...status, active, ...times }, events, missing }
}

/** The run that a Job was made for, in milliseconds; undefined for Jobs that people have made. */
function scheduledRun({ metadata }: Job): number | undefined {
  const run = Date.parse(metadata.annotations?.[scheduledTimestamp] ?? '')
  return Number.isNaN(run) ? undefined : run
}

export function referenceTo({ metadata }: Job): NonNullable<CronJobStatus['active']>[number] {
  const { name, namespace = '', uid, resourceVersion } = metadata
  return { kind: 'Job', namespace, name, uid, apiVersion: 'batch/v1', resourceVersion }
}

/** Finished Jobs beyond the limits of the history, the oldest first. */
export function surplusHistory({ spec }: CronJob, jobs: readonly Job[]): readonly Job[] {
  const surplus = (end: string, limit: number | undefined) => {
    const ended = jobs.filter(job => endOf(job) === end && !job.metadata.deletionTimestamp).sort(byStart)
    return limit === undefined ? [] : ended.slice(0, Math.max(0, ended.length - limit))
  }
  return [...surplus('Complete', spec.successfulJobsHistoryLimit), ...surplus('Failed', spec.failedJobsHistoryLimit)]
}

const byStart = (a: Job, b: Job): number => startOf(a) - startOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1)
const startOf = ({ status }: Job): number => (status.startTime ? Date.parse(status.startTime) : Number.MAX_VALUE)

export type Start =
  | { readonly type: 'none'; readonly event?: EventText }
  /** Jobs that run have to go first. */
  | { readonly type: 'start'; readonly replaces: NonNullable<CronJobStatus['active']> }

/** Whether the run that is due is to be started, given the Jobs that run. */
export function planStart({ metadata, spec, status }: CronJob, due: Date, now: Date): Start {
  const { startingDeadlineSeconds: deadline, concurrencyPolicy: policy = 'Allow' } = spec
  const { active = [], lastScheduleTime } = status
  if (deadline !== undefined && due.getTime() + deadline * 1000 < now.getTime())
    return { type: 'none', event: warning('MissSchedule', `Missed scheduled time to start a job: ${rfc1123z(due)}`) }
  const done = active.some(({ name }) => name === jobName(metadata.name, due)) || Date.parse(lastScheduleTime ?? '') === due.getTime()
  if (done) return { type: 'none' }
  const forbidden = 'Not starting job because prior execution is running and concurrency policy is Forbid'
  if (policy === 'Forbid' && active.length > 0) return { type: 'none', event: normal('JobAlreadyActive', forbidden) }
  return { type: 'start', replaces: policy === 'Replace' ? active : [] }
}

/** The Job of a run: the same for the same minute, so that no run is started twice. */
export const jobName = (cronJob: string, run: Date): string => `${cronJob}-${Math.floor(run.getTime() / 60_000)}`

const rfc1123z = (date: Date): string => date.toUTCString().replace('GMT', '+0000')
