import { setImmediate } from 'node:timers/promises'
import { PropertyError, runHistory, type HistoryCounts, type Scenario } from './history.ts'

export interface Run {
  readonly scenario: Scenario
  /** The first seed; the others follow. */
  readonly seed: number
  readonly histories: number
}

/** Runs histories from a seed on. The first that breaks a rule is made as short as it can be and still break one, and thrown. */
export async function runScenario({ scenario, seed, histories }: Run): Promise<HistoryCounts> {
  const total = { histories: 0, writes: 0, faults: 0, crashes: 0, steps: 0 }
  for (let each = seed; each < seed + histories; each++) {
    try {
      const counts = await withoutStacks(() => runHistory({ scenario, seed: each }))
      for (const name of Object.keys(total) as (keyof HistoryCounts)[]) total[name] += counts[name]
    } catch (error) {
      throw error instanceof PropertyError ? await shortest({ scenario, seed: each }, error) : error
    }
    // The event loop's turn, which histories go without: what the garbage collector wants to tell is told now.
    await setImmediate()
  }
  return total
}

/** A tenth of a history would be the stacks of refused calls, at which nobody looks. */
async function withoutStacks<T>(work: () => Promise<T>): Promise<T> {
  const usual = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return await work()
  } finally {
    Error.stackTraceLimit = usual
  }
}

/** Milliseconds; what storms are at the most is another thing in every scenario. */
const storms = [0, 500, 1000, 2000, 4000, 6000, 9000, 13_000, 18_000, 25_000, 60_000, 120_000, 240_000]

/** The same history with the shortest storm that it goes wrong in. */
async function shortest(which: { scenario: Scenario; seed: number }, found: PropertyError): Promise<PropertyError> {
  for (const storm of [...storms, undefined]) {
    try {
      await runHistory({ ...which, ...(storm === undefined ? {} : { storm }) })
    } catch (error) {
      if (error instanceof PropertyError) return error
      throw error
    }
  }
  return found
}

export const countsText = (name: string, { seed, histories }: Omit<Run, 'scenario'>, counts: HistoryCounts): string =>
  `${name}: seeds ${seed} to ${seed + histories - 1}: ${JSON.stringify(counts)}`
