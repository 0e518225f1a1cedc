/** RFC 3339 in UTC with whole seconds, as `metadata.creationTimestamp` has it. */
export const timestamp = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`

/** RFC 3339 in UTC with microseconds, as Leases and Events have it. */
export const microTimestamp = (date: Date): string => `${date.toISOString().slice(0, 23)}000Z`

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day

/** Upstream's duration.HumanDuration: two significant units while young, one when old. */
export function humanDuration(milliseconds: number): string {
  const whole = (unit: number) => Math.trunc(milliseconds / unit)
  const seconds = whole(second)
  // A little clock skew shows as now, more as nonsense that somebody should look at.
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const pair = (amount: number, name: string, rest: string) => (rest.startsWith('0') ? `${amount}${name}` : `${amount}${name}${rest}`)
  if (whole(minute) < 10) return pair(whole(minute), 'm', `${seconds % 60}s`)
  if (whole(minute) < 180) return `${whole(minute)}m`
  if (whole(hour) < 8) return pair(whole(hour), 'h', `${whole(minute) % 60}m`)
  if (whole(hour) < 48) return `${whole(hour)}h`
  if (whole(hour) < 24 * 8) return pair(whole(day), 'd', `${whole(hour) % 24}h`)
  if (whole(hour) < 24 * 365 * 2) return `${whole(day)}d`
  if (whole(hour) < 24 * 365 * 8) return pair(whole(year), 'y', `${whole(day) % 365}d`)
  return `${whole(year)}y`
}

/** How long ago `time` was, as tables print it. */
export const ageOf = (time: string | undefined | null, now: Date): string =>
  time ? humanDuration(now.getTime() - Date.parse(time)) : '<unknown>'
