import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'

/** `npm run fuzz -- [--minutes 5] [--seed N]`: says how many inputs there were, and which of them were answered badly. */
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' } } })
const { inputs, decoders, failures, slowest } = await fuzz({
  seed: Number(values.seed),
  until: Date.now() + Number(values.minutes) * 60_000,
})
for (const failure of failures) console.error(failure)
console.log(
  `seed ${values.seed}: ${inputs} inputs to ${decoders} decoders, ${failures.length} bad answers, the slowest after ${slowest.toFixed(0)} ms`,
)
process.exit(failures.length > 0 ? 1 : 0)
