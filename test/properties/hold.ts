import { describe, expect, it } from '@jest/globals'
import { countsText, runScenario } from '../simulator/run-scenario.ts'
import type { Scenario } from '../simulator/history.ts'

interface Run {
  readonly scenario: Scenario
  /** Those that take less time have more: ten thousand in all tests together. `npm run properties` goes on from there. */
  readonly histories: number
}

/** The tests of a file: files run side by side. */
export function holdFor(...runs: readonly Run[]): void {
  describe('whatever the API refuses, delays or forgets, and whenever they are restarted, what is promised holds for the', () => {
    it.each(runs.map(run => ({ ...run, name: run.scenario.name })))(
      '$name',
      async ({ scenario, histories }) => {
        const seed = 1
        const counts = await runScenario({ scenario, seed, histories })
        process.stdout.write(`${countsText(scenario.name, { seed, histories }, counts)}\n`)
        expect(counts.histories).toBe(histories)
        expect(Math.min(counts.faults, counts.crashes)).toBeGreaterThan(0)
      },
      600_000,
    )
  })
}
