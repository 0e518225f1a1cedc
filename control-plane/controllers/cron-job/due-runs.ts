import type { CronJob } from '../../../api/batch/cron-job.ts'
import type { NextRun } from './next-run.ts'

const manyMissed = 100
/** Clocks are not quite the same everywhere: better a moment late than a moment too early. */
const margin = 100

interface Runs {
  /** Since when runs are looked for. */
  readonly since: Date
  /** The last one that is due; undefined when none is. */
  readonly last: Date | undefined
  readonly missed: number
}

/**
 * Which runs are due (upstream's mostRecentScheduleTime): looking back to the last run, or the CronJob's beginning, and no further than
 * the starting deadline. The number of missed ones is a guess, so that a clock that was years off costs nothing. Throws a
 * RangeError when there is no such day as the schedule asks for.
 */
function recentRuns({ metadata, spec, status }: CronJob, next: NextRun, { now, deadline }: { now: Date; deadline: boolean }): Runs {
  const beginning = Date.parse(status.lastScheduleTime ?? metadata.creationTimestamp)
  const { startingDeadlineSeconds: seconds } = spec
  const since = new Date(deadline && seconds !== undefined ? Math.max(beginning, now.getTime() - seconds * 1000) : beginning)
  const first = next(since)
  const second = first && next(first)
  if (first && now < first) return { since, last: undefined, missed: 0 }
  if (first && second && now < second) return { since, last: first, missed: 0 }
  const between = first && second ? Math.round((second.getTime() - first.getTime()) / 1000) : 0
  if (!first || between < 1) throw new RangeError('time difference between two schedules is less than 1 second')
  const missed = Math.floor((now.getTime() - first.getTime()) / 1000 / between) + 1
  let last: Date | undefined
  for (let run = next(new Date(first.getTime() + (missed - 2) * between * 1000)); run && run <= now; run = next(run)) last = run
  return { since, last, missed }
}

export interface DueRun {
  readonly time: Date | undefined
  /** So many were missed that somebody should look at it. */
  readonly tooMany: boolean
}

/** The run that is to be started now, the last of those that were missed (upstream's nextScheduleTime). */
export function dueRun(cronJob: CronJob, next: NextRun, now: Date): DueRun {
  const { last, missed } = recentRuns(cronJob, next, { now, deadline: true })
  return { time: last, tooMany: last !== undefined && missed > manyMissed }
}

/** Milliseconds until the CronJob has to be looked at again (upstream's nextScheduleTimeDuration). */
export function waitForNextRun(cronJob: CronJob, next: NextRun, now: Date): number {
  const run = next(lastSeen(cronJob, next, now)) ?? now
  return Math.max(0, run.getTime() + margin - now.getTime())
}

function lastSeen(cronJob: CronJob, next: NextRun, now: Date): Date {
  try {
    const { since, last, missed } = recentRuns(cronJob, next, { now, deadline: false })
    return last ?? (missed === 0 ? since : now)
  } catch (error) {
    if (error instanceof RangeError) return now
    throw error
  }
}
