import { parseSchedule, type CronSchedule } from '../../../api/batch/cron-schedule.ts'
import { TimeZone, type ZoneDay } from './time-zone.ts'

const minute = 60_000
const day = 24 * 60 * minute
/** Upstream's library looks no further ahead. */
const years = 5

/** The first moment after `after` at which a schedule is due; undefined when there is none in the next years. */
export type NextRun = (after: Date) => Date | undefined

/**
 * Reads a schedule. Without `timeZone` the system's zone counts, unless the schedule itself names one, as old ones may. Throws
 * a SyntaxError for a schedule, a RangeError for a zone that nobody knows.
 */
export function readSchedule(text: string, timeZone?: string): NextRun {
  const [, named, rest = text] = /^(?:CRON_)?TZ=(\S*)\s+(.*)$/.exec(text) ?? []
  const schedule = parseSchedule(rest)
  if ('every' in schedule) return after => new Date(Math.floor(after.getTime() / 1000) * 1000 + schedule.every)
  const zone = new TimeZone(named ?? timeZone)
  return after => nextRun(schedule, zone, after)
}

/**
 * The next moment at which the zone's clocks show a time that fits. Times that clocks jump over do not happen that day; times
 * that they show twice happen twice, as upstream's library has it.
 */
export function nextRun(schedule: CronSchedule, zone: TimeZone, after: Date): Date | undefined {
  const first = Math.floor(zone.wallAt(after.getTime()) / day) * day
  const last = first + years * 366 * day
  // The day before as well: clocks that are put back over midnight show it again.
  for (let midnight = first - day; midnight <= last; midnight += day) {
    if (!isDue(schedule, new Date(midnight))) continue
    const found = firstAfter(after.getTime(), { schedule, midnight, day: zone.dayAt(midnight) })
    if (found !== undefined) return new Date(found)
  }
  return undefined
}

interface Question {
  readonly schedule: CronSchedule
  readonly midnight: number
  readonly day: ZoneDay
}

/** The first instant of a day's times that is later. Hours and minutes that cannot have it are passed over. */
function firstAfter(after: number, { schedule, midnight, day }: Question): number | undefined {
  const minutes = inOrder(schedule.minutes)
  let first = Infinity
  for (const hour of inOrder(schedule.hours)) {
    const begins = midnight + hour * 60 * minute
    if (begins + 60 * minute - day.least <= after) continue
    if (begins - day.most >= first) break
    for (const each of minutes)
      for (const instant of day.instantsOf(begins + each * minute)) if (instant > after && instant < first) first = instant
  }
  return first === Infinity ? undefined : first
}

const inOrder = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b)

/** Whether a day fits. Of day of month and weekday both have to where one of them is a star, else one is enough. */
function isDue({ daysOfMonth, months, daysOfWeek, anyDayOfMonth, anyDayOfWeek }: CronSchedule, date: Date): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false
  const [ofMonth, ofWeek] = [daysOfMonth.has(date.getUTCDate()), daysOfWeek.has(date.getUTCDay())]
  return anyDayOfMonth || anyDayOfWeek ? ofMonth && ofWeek : ofMonth || ofWeek
}
