import { describe, expect, it } from '@jest/globals'
import { countsText, runScenario } from '../simulator/run-scenario.ts'
import { daemonSets } from './daemon-sets.ts'
import { deployments } from './deployments.ts'
import { garbage } from './garbage.ts'
import { jobs } from './jobs.ts'
import { replicaSets } from './replica-sets.ts'
import { statefulSets } from './stateful-sets.ts'

/** Ten thousand in all, of those that take less time more. `npm run properties` goes on from there. */
const runs = [
  { scenario: replicaSets, seed: 1, histories: 3000 },
  { scenario: deployments, seed: 1, histories: 1000 },
  { scenario: statefulSets, seed: 1, histories: 1500 },
  { scenario: daemonSets, seed: 1, histories: 2000 },
  { scenario: jobs, seed: 1, histories: 1500 },
  { scenario: garbage, seed: 1, histories: 1000 },
].map(run => ({ ...run, name: run.scenario.name }))

describe('whatever the API refuses, delays or forgets, and whenever they are restarted, what is promised holds for the', () => {
  it.each(runs)(
    '$name',
    async ({ scenario, seed, histories }) => {
      const counts = await runScenario({ scenario, seed, histories })
      process.stdout.write(`${countsText(scenario.name, { seed, histories }, counts)}\n`)
      expect(counts.histories).toBe(histories)
      expect(Math.min(counts.faults, counts.crashes)).toBeGreaterThan(0)
    },
    600_000,
  )
})
