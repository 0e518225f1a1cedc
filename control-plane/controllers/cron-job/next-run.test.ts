import { describe, expect, it } from '@jest/globals'
import { parse } from 'node-cron'
import { parseSchedule } from '../../../api/batch/cron-schedule.ts'
import { readSchedule } from './next-run.ts'
import { rfc3339In, TimeZone } from './time-zone.ts'

const next = (schedule: string, zone: string, after: string) => {
  const run = readSchedule(schedule, zone)(new Date(after))
  return run && rfc3339In(new TimeZone(zone), run)
}

describe('the next run', () => {
  it.each([
    ['* * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'],
    ['* * * * *', '2026-01-01T00:00:59.999Z', '2026-01-01T00:01:00Z'],
    ['*/15 * * * *', '2026-01-01T00:45:00Z', '2026-01-01T01:00:00Z'],
    ['5/20 8-18/5 * * *', '2026-01-01T08:45:00Z', '2026-01-01T13:05:00Z'],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['0 0 31 * *', '2026-01-31T00:00:00Z', '2026-03-31T00:00:00Z'],
    ['0 9 * jan-feb MON-FRI', '2026-02-27T09:00:00Z', '2027-01-01T09:00:00Z'],
    // A day of the month or a weekday, where neither is a star.
    ['0 0 13 * fri', '2026-01-10T00:00:00Z', '2026-01-13T00:00:00Z'],
    ['0 0 13 * fri', '2026-01-13T00:00:00Z', '2026-01-16T00:00:00Z'],
    ['0 0 */2 * mon', '2026-01-01T00:00:00Z', '2026-01-05T00:00:00Z'],
    ['@hourly', '2026-01-01T00:30:00Z', '2026-01-01T01:00:00Z'],
    ['@weekly', '2026-01-01T00:30:00Z', '2026-01-04T00:00:00Z'],
    ['@monthly', '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'],
    ['@yearly', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['@every 90m', '2026-01-01T00:00:10.5Z', '2026-01-01T01:30:10Z'],
    ['0 0 31 2 *', '2026-01-01T00:00:00Z', undefined],
  ])('of %j after %s is %s', (schedule, after, expected) => {
    expect(next(schedule, 'UTC', after)).toBe(expected)
  })

  it.each([
    // Clocks are put forward from 2 to 3: what lies between does not happen that day.
    ['30 2 * * *', 'America/New_York', '2026-03-07T12:00:00-05:00', '2026-03-09T02:30:00-04:00'],
    ['0 * * * *', 'America/New_York', '2026-03-08T01:00:00-05:00', '2026-03-08T03:00:00-04:00'],
    // Clocks are put back from 2 to 1: what lies between happens twice.
    ['30 1 * * *', 'America/New_York', '2026-11-01T00:00:00-04:00', '2026-11-01T01:30:00-04:00'],
    ['30 1 * * *', 'America/New_York', '2026-11-01T01:30:00-04:00', '2026-11-01T01:30:00-05:00'],
    ['30 1 * * *', 'America/New_York', '2026-11-01T01:30:00-05:00', '2026-11-02T01:30:00-05:00'],
    ['0 * * * *', 'America/New_York', '2026-11-01T01:00:00-04:00', '2026-11-01T01:00:00-05:00'],
    ['0 0 * * *', 'Europe/Berlin', '2026-03-28T23:30:00Z', '2026-03-30T00:00:00+02:00'],
    ['0 12 * * *', 'Asia/Kolkata', '2026-01-01T00:00:00Z', '2026-01-01T12:00:00+05:30'],
    // Half an hour only, and midnight that does not exist or is shown twice.
    ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00:00Z', '2026-10-05T02:15:00+11:00'],
    ['0 0 * * *', 'America/Havana', '2026-03-07T12:00:00-05:00', '2026-03-09T00:00:00-04:00'],
    ['30 0 * * *', 'America/Havana', '2026-11-01T00:30:00-04:00', '2026-11-01T00:30:00-05:00'],
  ])('of %j in %s after %s is %s', (schedule, zone, after, expected) => {
    expect(next(schedule, zone, after)).toBe(expected)
  })

  it('may name its own zone where it did of old', () => {
    expect(readSchedule('CRON_TZ=Asia/Tokyo 0 9 * * *')(new Date('2026-01-01T00:00:00Z'))).toEqual(new Date('2026-01-02T00:00:00Z'))
    expect(() => readSchedule('0 9 * * *', 'Nowhere/At_All')).toThrow(RangeError)
    expect(() => readSchedule('0 9 * *', 'UTC')).toThrow(SyntaxError)
  })
})

describe('a schedule', () => {
  it.each([
    '* * * * *',
    '*/7 */5 * * *',
    '1,5-9/2 0 1-15 * *',
    '0 0 * jan,MAR-jun sun,tue-thu',
    '@daily',
    '@weekly',
    '@yearly',
    '59 23 31 12 6',
  ])('reads %j as node-cron does', text => {
    const schedule = parseSchedule(text)
    if ('every' in schedule) throw new Error('not a schedule of five fields')
    const sorted = (values: Iterable<number | string>) => [...values].map(Number).sort((a, b) => a - b)
    const { minute, hour, dayOfMonth, month, dayOfWeek } = parse(text)
    expect([schedule.minutes, schedule.hours, schedule.daysOfMonth, schedule.months, schedule.daysOfWeek].map(sorted)).toEqual(
      [minute, hour, dayOfMonth, month, dayOfWeek].map(sorted),
    )
  })
})
