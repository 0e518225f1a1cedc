import { parseArgs } from 'node:util'
import { ControlPlaneProcess } from '../support/control-plane-process.ts'
import { abuse, describeAbuse } from './abuse.ts'

/** `npm run abuse -- [--minutes 5]`: bad clients against a control plane of its own; fails when it lost or leaked something. */
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '5' } } })
await using controlPlane = await ControlPlaneProcess.start()
const { pid } = controlPlane
if (pid === undefined) throw new Error('the control plane does not run')
const seconds = Number(values.minutes) * 60
const result = await abuse({ config: await controlPlane.config(), pid, seconds, calmSeconds: 5, writers: 100, watches: 10_000 })
console.log(describeAbuse(result))
const { counter, resources } = result
const good = counter.found === counter.expected && resources.after.descriptors <= resources.before.descriptors && controlPlane.running
process.exitCode = good ? 0 : 1
