import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { Job } from '../../api/batch/job.ts'
import { Namespace } from '../../api/core/namespace.ts'
import { Pod } from '../../api/core/pod.ts'
import { ServiceAccount } from '../../api/core/service-account.ts'
import { createLogger } from '../../common/log.ts'
import { readConfig } from '../../control-plane/config.ts'
import { startControlPlane } from '../../control-plane/control-plane.ts'
import { isJobFinished, isTracked } from '../../control-plane/controllers/job/job-pods.ts'
import { eventually } from '../support/eventually.ts'
import { FaultyJobs, endPods, fastClock, type Ends } from '../support/faulty-jobs.ts'
import { random } from '../support/random.ts'

const seeds = Number(process.env.KUBELING_SEEDS ?? 12)
const jobsPerSeed = 6

/** A Job of any shape; what its pods do is in `failures`: how many of ten fail. */
function randomJob(next: () => number, name: string, namespace: string) {
  const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(next() * choices.length)] as T
  const completionMode = pick('Indexed', 'NonIndexed')
  const perIndex = completionMode === 'Indexed' && next() < 0.4
  return {
    metadata: { name, namespace, annotations: { failures: String(pick(0, 0, 2, 5)) } },
    spec: {
      completionMode,
      completions: pick(1, 3, 8),
      parallelism: pick(1, 2, 5, 10),
      ...(perIndex
        ? { backoffLimitPerIndex: pick(0, 1, 3), ...(next() < 0.5 ? { maxFailedIndexes: 1 } : {}) }
        : { backoffLimit: pick(1, 4, 30) }),
      ...(next() < 0.3 ? { podReplacementPolicy: 'Failed' } : {}),
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] } },
    },
  }
}

/** What must hold for a finished Job, given how its pods really ended. */
function check(job: Job, pods: readonly Pod[], ends: Ends): void {
  const { status, spec } = job
  const uids = ends.of(job)
  const succeeded = uids.filter(uid => ends.outcome(uid) === 'Succeeded')
  expect(pods.filter(isTracked)).toEqual([])
  expect(status.active ?? 0).toBe(0)
  expect(status).toMatchObject({ terminating: 0, uncountedTerminatedPods: {} })
  const complete = status.conditions?.some(({ type }) => type === 'Complete')
  const counted = { succeeded: status.succeeded ?? 0, failed: status.failed ?? 0 }
  if (complete)
    expect([job.metadata, counted]).toEqual([job.metadata, { succeeded: spec.completions, failed: uids.length - succeeded.length }])
  // Pods that had not ended, as far as anybody knew when it failed, are failures: each pod is counted, and once.
  else expect([job.metadata, counted.failed + counted.succeeded]).toEqual([job.metadata, ends.known(job)])
  expect(counted.succeeded).toBeLessThanOrEqual(succeeded.length)
  if (complete) expect(succeeded).toHaveLength(counted.succeeded)
  if (spec.completionMode === 'Indexed') {
    const indexes = succeeded.map(uid => ends.index(uid))
    expect(new Set(indexes).size).toBe(indexes.length)
  }
}

describe('Jobs', () => {
  it(`complete exactly once per index and count exactly, whatever fails and whoever crashes`, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kubeling-jobs-'))
    const flags = ['--port=0', '--listen-address=127.0.0.1', '--scheduler=false', '--controllers=false', `--data-dir=${directory}/data`]
    const log = createLogger({ level: 'silent' })
    const plane = await startControlPlane(readConfig(flags, {}), log)
    const { client } = plane
    const figures = { jobs: 0, pods: 0, faults: 0, crashes: 0, complete: 0, failed: 0 }
    try {
      for (let seed = 1; seed <= seeds; seed++) {
        const next = random(seed)
        const namespace = `seed-${seed}`
        await client.create(Namespace, { metadata: { name: namespace }, spec: {} })
        await client.create(ServiceAccount, { metadata: { name: 'default', namespace } })
        const clock = fastClock(1000)
        const stop = new AbortController()
        const ends = endPods({ client, log, namespace, clock, next, signal: stop.signal })
        const controllers = new FaultyJobs({ client: plane.clientAs('controllerManager'), log, clock, next })
        const running = controllers.run(stop.signal)
        for (let n = 0; n < jobsPerSeed; n++) await client.create(Job, randomJob(next, `job-${n}`, namespace) as never)
        try {
          await eventually(async () => (await client.list(Job, { namespace })).items.every(isJobFinished), {
            seconds: 60,
            what: `seed ${seed}`,
          })
          await eventually(async () => !(await client.list(Pod, { namespace })).items.some(isTracked), { seconds: 60 })
        } finally {
          stop.abort()
          await Promise.all([running, ends.done])
        }
        const { items: pods } = await client.list(Pod, { namespace })
        for (const job of (await client.list(Job, { namespace })).items) {
          check(
            job,
            pods.filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === job.metadata.uid),
            ends,
          )
          figures.jobs++
          figures.pods += ends.known(job)
          if (job.status.completionTime) figures.complete++
          else figures.failed++
        }
        figures.faults += controllers.faults
        figures.crashes += controllers.crashes
      }
    } finally {
      await plane.stop()
      await rm(directory, { recursive: true, force: true })
    }
    process.stdout.write(`Jobs under faults: seeds 1 to ${seeds}: ${JSON.stringify(figures)}\n`)
    expect(figures.complete).toBeGreaterThan(0)
    expect(figures.failed).toBeGreaterThan(0)
  }, 300_000)
})
