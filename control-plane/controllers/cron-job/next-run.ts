import { parseSchedule, type CronSchedule } from '../../../api/batch/cron-schedule.ts'
import { TimeZone } from './time-zone.ts'

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
  const walls = wallTimes(schedule)
  const first = Math.floor(zone.wallAt(after.getTime()) / day) * day
  const last = first + years * 366 * day
  // The day before as well: clocks that are put back over midnight show it again.
  for (let midnight = first - day; midnight <= last; midnight += day) {
    if (!isDue(schedule, new Date(midnight))) continue
    const instantsOf = zone.instantsOn(midnight)
    const found = walls.flatMap(wall => instantsOf(midnight + wall)).filter(instant => instant > after.getTime())
    if (found.length > 0) return new Date(found.reduce((a, b) => Math.min(a, b)))
  }
  return undefined
}

/** Milliseconds since midnight. */
const wallTimes = ({ hours, minutes }: CronSchedule): number[] =>
  [...hours].flatMap(hour => [...minutes].map(each => (hour * 60 + each) * minute))

/** Whether a day fits. Of day of month and weekday both have to where one of them is a star, else one is enough. */
function isDue({ daysOfMonth, months, daysOfWeek, anyDayOfMonth, anyDayOfWeek }: CronSchedule, date: Date): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false
  const [ofMonth, ofWeek] = [daysOfMonth.has(date.getUTCDate()), daysOfWeek.has(date.getUTCDay())]
  return anyDayOfMonth || anyDayOfWeek ? ofMonth && ofWeek : ofMonth || ofWeek
}
