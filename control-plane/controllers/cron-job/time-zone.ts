const hour = 3_600_000
/** No place on earth is further from UTC. */
const furthest = 15 * hour

export interface ZoneDay {
  /** The least and the most that the wall is ahead of UTC. */
  readonly least: number
  readonly most: number
  /** When the wall shows a time: once, twice where clocks are put back over it, and never where they are put forward over it. */
  instantsOf(wall: number): readonly number[]
}

/** What clocks on the wall show in a zone, and when; the system's zone unless one is named. Throws a RangeError for an unknown name. */
export class TimeZone {
  /** Undefined for UTC, which most have and nobody has to ask about. */
  readonly #format: Intl.DateTimeFormat | undefined

  constructor(name?: string) {
    if (name === 'UTC') return
    this.#format = new Intl.DateTimeFormat('en-US', {
      ...(name === undefined ? {} : { timeZone: name }),
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  /** How far the wall is ahead of UTC at an instant, in milliseconds. */
  offsetAt(instant: number): number {
    if (!this.#format) return 0
    const second = Math.floor(instant / 1000) * 1000
    const parts = Object.fromEntries(this.#format.formatToParts(second).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, parts.second) - second
  }

  /** The wall's time at an instant, written as if it were UTC. */
  wallAt(instant: number): number {
    return instant + this.offsetAt(instant)
  }

  /** How the wall times of the day that begins at the wall time `midnight` become instants. */
  dayAt(midnight: number): ZoneDay {
    const from = midnight - furthest
    const until = midnight + 24 * hour + furthest
    const [before, after] = [this.offsetAt(from), this.offsetAt(until)]
    const [least, most] = [Math.min(before, after), Math.max(before, after)]
    if (before === after) return { least, most, instantsOf: wall => [wall - before] }
    const change = this.#changeBetween(from, until)
    const instantsOf = (wall: number) => [wall - before, wall - after].filter((instant, place) => instant < change === (place === 0))
    return { least, most, instantsOf }
  }

  /** The instant at which the offset becomes another one, to the second. */
  #changeBetween(from: number, until: number): number {
    const before = this.offsetAt(from)
    let [low, high] = [from / 1000, until / 1000]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.offsetAt(middle * 1000) === before) low = middle
      else high = middle
    }
    return high * 1000
  }
}

/** RFC 3339 with the zone's offset, `Z` where there is none. */
export function rfc3339In(zone: TimeZone, instant: Date): string {
  const offset = zone.offsetAt(instant.getTime()) / 60_000
  const wall = new Date(instant.getTime() + offset * 60_000).toISOString().slice(0, 19)
  if (offset === 0) return `${wall}Z`
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${wall}${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`
}
