import { parseArgs } from 'node:util'
import { countsText, runScenario } from '../simulator/run-scenario.ts'
import { scenarios } from './scenarios.ts'

/** `npm run properties -- [--histories N] [--seed S] [--only name]`: as many histories of each controller, from a seed on. */
const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
})
const run = { histories: Number(values.histories), seed: Number(values.seed) }
const chosen = scenarios.filter(({ name }) => values.only === '' || name === values.only)
if (chosen.length === 0) throw new Error(`no such scenario: ${values.only}; there are ${scenarios.map(({ name }) => name).join(', ')}`)
for (const scenario of chosen) {
  const started = process.cpuUsage()
  const counts = await runScenario({ scenario, ...run })
  const { user, system } = process.cpuUsage(started)
  console.log(`${countsText(scenario.name, run, counts)}, ${((user + system) / 1e6).toFixed(1)} s of CPU`)
}
