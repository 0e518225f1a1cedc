import { describe, expect, it } from '@jest/globals'
import type { CronJob } from '../../../api/batch/cron-job.ts'
import type { Job } from '../../../api/batch/job.ts'
import { jobName, planStart, reviewJobs, surplusHistory } from './plan-cron-job.ts'

const due = new Date('2026-01-01T01:00:00Z')
const now = new Date('2026-01-01T01:00:30Z')
const cronJobOf = (spec: object = {}, status: object = {}) =>
  ({
    metadata: { name: 'c', namespace: 'n' },
    spec: { successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 1, ...spec },
    status,
  }) as CronJob
const jobOf = (name: string, end?: string, at = '2026-01-01T00:00:00Z') =>
  ({
    metadata: { name, uid: name },
    status: {
      startTime: at,
      ...(end ? { conditions: [{ type: end, status: 'True' }], ...(end === 'Complete' ? { completionTime: at } : {}) } : {}),
    },
  }) as Job
const running = { active: [{ name: 'other', uid: 'other' }] }
const start = (...replaces: object[]) => ({ type: 'start', replaces })

describe('a CronJob', () => {
  it.each<[string, object, object, object]>([
    ['starts what is due', {}, {}, start()],
    ['starts it beside what runs', { concurrencyPolicy: 'Allow' }, running, start()],
    ['starts it in place of what runs', { concurrencyPolicy: 'Replace' }, running, start(...running.active)],
    [
      'does not start it while something runs, where that is forbidden',
      { concurrencyPolicy: 'Forbid' },
      running,
      {
        type: 'none',
        event: {
          type: 'Normal',
          reason: 'JobAlreadyActive',
          message: 'Not starting job because prior execution is running and concurrency policy is Forbid',
        },
      },
    ],
    ['starts nothing twice', {}, { lastScheduleTime: '2026-01-01T01:00:00Z' }, { type: 'none' }],
    ['starts nothing that runs', {}, { active: [{ name: jobName('c', due), uid: 'x' }] }, { type: 'none' }],
    [
      'starts nothing too late',
      { startingDeadlineSeconds: 20 },
      {},
      {
        type: 'none',
        event: {
          type: 'Warning',
          reason: 'MissSchedule',
          message: 'Missed scheduled time to start a job: Thu, 01 Jan 2026 01:00:00 +0000',
        },
      },
    ],
    ['starts it in time', { startingDeadlineSeconds: 30 }, {}, start()],
  ])('%s', (_, spec, status, expected) => {
    expect(planStart(cronJobOf(spec, status), due, now)).toEqual(expected)
  })

  it('names its Jobs by the minute', () => {
    expect(jobName('hello', new Date('2026-01-01T00:01:00Z'))).toBe('hello-29453761')
  })

  it('takes ended Jobs off its list, tells of those it does not know, and misses those that are not there', () => {
    const active = ['done', 'running', 'away'].map(name => ({ name, uid: name }))
    const review = reviewJobs(cronJobOf({}, { active }), [
      jobOf('done', 'Complete'),
      jobOf('running'),
      jobOf('foreign'),
      jobOf('old', 'Failed'),
    ])
    expect(review).toEqual({
      status: { active: active.slice(1), lastSuccessfulTime: '2026-01-01T00:00:00Z' },
      events: [
        { type: 'Normal', reason: 'SawCompletedJob', message: 'Saw completed job: done, condition: Complete' },
        { type: 'Warning', reason: 'UnexpectedJob', message: 'Saw a job that the controller did not create or forgot: foreign' },
      ],
      missing: ['away'],
    })
  })

  it('keeps the latest of its history', () => {
    const jobs = [
      jobOf('a', 'Complete', '2026-01-01T00:03:00Z'),
      jobOf('b', 'Complete', '2026-01-01T00:01:00Z'),
      jobOf('c', 'Failed'),
      jobOf('d'),
    ]
    const names = (spec: object) => surplusHistory(cronJobOf(spec), jobs).map(({ metadata }) => metadata.name)
    expect(names({})).toEqual(['b'])
    expect(names({ successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 0 })).toEqual(['b', 'a', 'c'])
  })
})

describe('a run that could not be written down', () => {
  const annotated = (job: Job, run: string) =>
    ({ ...job, metadata: { ...job.metadata, annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': run } } }) as Job
  const run = '2026-01-01T01:00:00Z'
  const status = { lastScheduleTime: '2026-01-01T00:59:00Z' }
  const review = (job: Job) => reviewJobs(cronJobOf({}, status), [job]).status

  it.each<[string, Job, object]>([
    ['goes on', annotated(jobOf('j'), run), { lastScheduleTime: run, active: [{ name: 'j', uid: 'j' }] }],
    ['is over', annotated(jobOf('j', 'Failed'), run), { lastScheduleTime: run, active: [] }],
    ['was one before the last', annotated(jobOf('j'), '2026-01-01T00:58:00Z'), { ...status, active: [] }],
    ['was none, but somebody’s own Job', jobOf('j'), { ...status, active: [] }],
  ])('%s', (_, job, expected) => {
    expect(review(job)).toMatchObject(expected)
  })
})
