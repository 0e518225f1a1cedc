import { describe, expect, it } from '@jest/globals'
import { countsText, runScenario } from '../simulator/run-scenario.ts'
import { replicaSets } from './replica-sets.ts'

describe('replica sets', () => {
  it('hold', async () => {
    const run = { seed: Number(process.env['SEED'] ?? 1), histories: Number(process.env['N'] ?? 100) }
    const t=performance.now()
    const counts = await runScenario({ scenario: replicaSets, ...run })
    process.stdout.write(countsText('ReplicaSets', run, counts) + ` ${(performance.now()-t)/run.histories} ms each\n`)
    expect(counts.histories).toBe(run.histories)
  }, 300_000)
})
