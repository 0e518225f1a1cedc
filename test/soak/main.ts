import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { messageOf } from '../../common/error-message.ts'
import { PrivateEngine, privateEngineObstacle } from '../support/private-engine.ts'
import { soak } from './soak.ts'

/** `npm run soak -- --minutes 10 --seed 7 --pods 12`: on an engine of its own, which is restarted now and then. */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    pods: { type: 'string', default: '12' },
    tag: { type: 'string', default: process.env['KUBELING_TAG'] ?? 'latest' },
  },
})
const began = Date.now()
const say = (text: string) => console.log(`${String(Math.round((Date.now() - began) / 1000)).padStart(5)}s ${text}`)

async function main(): Promise<void> {
  const obstacle = await privateEngineObstacle()
  if (obstacle) throw new Error(obstacle)
  const state = await mkdtemp(join(tmpdir(), 'kubeling-soak-'))
  await using engine = await PrivateEngine.start()
  const cluster = 'kubeling-soak'
  try {
    await engine.up({ name: cluster, tag: values.tag, state })
    say('the cluster is up on an engine of its own')
    const seconds = Number(values.minutes) * 60
    const report = await soak(
      {
        cluster,
        kubectl: (args, options) => engine.inside('kubectl', args, { ...options, env: { KUBECONFIG: join(state, 'kubeconfig') } }),
        docker: (...args) => engine.docker(...args),
        restartDaemon: () => engine.restartDaemon(),
      },
      { seconds, seed: Number(values.seed), mostPods: Number(values.pods), daemonRestarts: Math.max(1, Math.floor(seconds / 180)), say },
    )
    console.table({ before: report.memoryBefore, after: report.memoryAfter })
    say(`passed: ${JSON.stringify(report.steps)}`)
  } finally {
    await rm(state, { recursive: true, force: true })
  }
}

try {
  await main()
} catch (error) {
  console.error(`error: ${messageOf(error)}`, error)
  process.exitCode = 1
}
