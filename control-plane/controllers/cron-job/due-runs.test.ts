import { describe, expect, it } from '@jest/globals'
import type { CronJob } from '../../../api/batch/cron-job.ts'
import { dueRun, waitForNextRun } from './due-runs.ts'
import { readSchedule } from './next-run.ts'

interface Facts {
  readonly schedule?: string
  readonly deadline?: number
  readonly last?: string
}
const cronJobOf = ({ schedule = '0 * * * *', deadline, last }: Facts) =>
  ({
    metadata: { name: 'c', creationTimestamp: '2026-01-01T00:10:00Z' },
    spec: { schedule, ...(deadline === undefined ? {} : { startingDeadlineSeconds: deadline }) },
    status: last === undefined ? {} : { lastScheduleTime: last },
  }) as CronJob
const dueOf = (facts: Facts, now: string) => {
  const cronJob = cronJobOf(facts)
  const { time, tooMany } = dueRun(cronJob, readSchedule(cronJob.spec.schedule, 'UTC'), new Date(now))
  return [time?.toISOString().slice(0, 16), tooMany]
}

describe('the run that is due', () => {
  it.each<[string, Facts, string, [string | undefined, boolean]]>([
    ['is none before the first', {}, '2026-01-01T00:59:59Z', [undefined, false]],
    ['is the first', {}, '2026-01-01T01:00:00Z', ['2026-01-01T01:00', false]],
    ['is none that was before', { last: '2026-01-01T01:00:00Z' }, '2026-01-01T01:30:00Z', [undefined, false]],
    ['is the last of those missed', { last: '2026-01-01T01:00:00Z' }, '2026-01-01T09:30:00Z', ['2026-01-01T09:00', false]],
    ['is the last of very many, and somebody should look', {}, '2026-01-09T09:30:00Z', ['2026-01-09T09:00', true]],
    ['lies within the deadline', { deadline: 600 }, '2026-01-09T09:05:00Z', ['2026-01-09T09:00', false]],
    ['is none beyond the deadline', { deadline: 600 }, '2026-01-09T09:30:00Z', [undefined, false]],
    ['is found where runs are not evenly apart', { schedule: '30 6-16/4 * * 1-5' }, '2026-01-05T07:00:00Z', ['2026-01-05T06:30', false]],
    ['keeps the beat of @every', { schedule: '@every 1h' }, '2026-01-01T05:30:00Z', ['2026-01-01T05:10', false]],
  ])('%s', (_, facts, now, expected) => {
    expect(dueOf(facts, now)).toEqual(expected)
  })

  it('cannot be told for a day that is never', () => {
    expect(() => dueOf({ schedule: '59 23 31 2 *' }, '2026-03-01T00:00:00Z')).toThrow(
      'time difference between two schedules is less than 1 second',
    )
  })

  it.each([
    ['2026-01-01T00:59:59.000Z', 1100],
    ['2026-01-01T01:00:00.000Z', 3_600_100],
    ['2026-01-01T05:30:00.000Z', 1_800_100],
  ])('is waited for from %s on for %i ms', (now, expected) => {
    expect(waitForNextRun(cronJobOf({}), readSchedule('0 * * * *', 'UTC'), new Date(now))).toBe(expected)
  })
})
