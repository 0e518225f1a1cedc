import type { ChangeLog } from './change-log.ts'

export interface Retention {
  /** Changes younger than this stay, within the two numbers below. */
  readonly milliseconds: number
  /** So many of the newest changes stay, however old. */
  readonly minimum: number
  /** So many of the newest changes stay, however young. */
  readonly maximum: number
}

/** Upstream's five minutes. A minimum would keep the lists of a quiet cluster consistent for hours, where clients expect them to expire. */
export const defaultRetention: Retention = { milliseconds: 5 * 60_000, minimum: 0, maximum: 20_000 }

/** The revision up to which history may go; `old`: newest revision that is older than the retention's time. */
export function compactionTarget(log: ChangeLog, old: number, retention: Retention): number {
  const revisionKeeping = (count: number) => log.at(log.length - count - 1)?.revision ?? 0
  return Math.min(Math.max(old, revisionKeeping(retention.maximum)), revisionKeeping(retention.minimum))
}

/** Remembers which revision was newest when, at the grain of its calls. */
export class RevisionTimes {
  readonly #marks: { readonly time: number; readonly revision: number }[] = []

  mark(time: number, revision: number): void {
    this.#marks.push({ time, revision })
  }
  /** Newest revision that is known to have been there at `time`; forgets what is older. */
  at(time: number): number {
    const later = this.#marks.findIndex(mark => mark.time > time)
    const index = later === -1 ? this.#marks.length - 1 : later - 1
    if (index < 0) return 0
    this.#marks.splice(0, index)
    return this.#marks[0]?.revision ?? 0
  }
}
