import type { NamedLevel } from './built-in.ts'

/** Seats of a level: how many requests of it are served at the same time. */
export interface Seats {
  /** What is its own by its shares. */
  readonly nominal: number
  /** What others cannot borrow. */
  readonly least: number
  /** As much as it may have when it borrows. */
  readonly most: number
}

/** Divides the seats of the server among its levels (upstream's nominal, minimum and maximum concurrency limits). */
export function divideSeats(levels: readonly NamedLevel[], seats: number): ReadonlyMap<string, Seats> {
  const sharesOf = ({ spec }: NamedLevel) => (spec.limited ?? spec.exempt)?.nominalConcurrencyShares ?? (spec.type === 'Exempt' ? 0 : 30)
  const all = levels.reduce((sum, level) => sum + sharesOf(level), 0)
  return new Map(
    levels.map(level => {
      const nominal = all === 0 ? 0 : Math.ceil((seats * sharesOf(level)) / all)
      const lendable = (level.spec.limited ?? level.spec.exempt)?.lendablePercent ?? 0
      const borrowable = level.spec.limited?.borrowingLimitPercent
      return [
        level.name,
        {
          nominal,
          least: nominal - Math.round((nominal * lendable) / 100),
          most: borrowable === undefined ? seats : nominal + Math.round((nominal * borrowable) / 100),
        },
      ]
    }),
  )
}
