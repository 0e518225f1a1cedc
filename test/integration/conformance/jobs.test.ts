import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { CronJob } from '../../../api/batch/cron-job.ts'
import { Job } from '../../../api/batch/job.ts'
import { findCondition } from '../../../api/conditions.ts'
import { Event } from '../../../api/core/event.ts'
import { Pod } from '../../../api/core/pod.ts'
import { isConflict, isNotFound } from '../../../api/errors.ts'
import { timestamp } from '../../../api/time.ts'
import type { Client } from '../../../client/client.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { freshNamespace, watchFromNow, wireOf } from '../../support/wire.ts'

const template = { spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'x' }] } }
const indexOf = ({ metadata }: Pod) => Number(metadata.annotations?.['batch.kubernetes.io/job-completion-index'])

/** Ends running pods of a namespace with the exit code that the rule gives them; those without one run on. */
function endingPods(client: Client, namespace: string, exitCodeOf: (pod: Pod) => number | undefined): AsyncDisposable {
  const stop = new AbortController()
  const end = async (pod: Pod, exitCode: number) => {
    const terminated = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', finishedAt: timestamp(new Date()) }
    const container = { name: 'c', state: { terminated }, lastState: {}, ready: false, restartCount: 0, image: 'x', imageID: 'x' }
    const status = { ...pod.status, phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses: [container] }
    try {
      await client.updateStatus(Pod, { ...pod, status } as Pod)
    } catch (error) {
      if (!isConflict(error) && !isNotFound(error)) throw error
    }
  }
  const run = async () => {
    while (!stop.signal.aborted) {
      for (const pod of (await client.list(Pod, { namespace })).items) {
        const exitCode = pod.status.phase === 'Running' ? exitCodeOf(pod) : undefined
        if (exitCode !== undefined) await end(pod, exitCode)
      }
      await sleep(50)
    }
  }
  const running = run()
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}

const oddFail = (pod: Pod) => indexOf(pod) % 2
const onlyFirstEnds = (pod: Pod) => (indexOf(pod) === 0 ? 0 : undefined)
const failIndex = { rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [1] } }] }
const failJob = { rules: [{ action: 'FailJob', onExitCodes: { containerName: 'c', operator: 'In', values: [1] } }] }

describe('a Job', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: ['node-1'] })
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000)

  it.each([
    {
      name: 'works on every index though some fail, each as often as it may',
      spec: { parallelism: 2, completions: 4, backoffLimitPerIndex: 1 },
      exitCodeOf: oddFail,
      status: { failedIndexes: '1,3', completedIndexes: '0,2', failed: 4, succeeded: 2 },
      end: { type: 'Failed', reason: 'FailedIndexes' },
    },
    {
      name: 'ends when more indexes have failed than may',
      spec: { parallelism: 1, completions: 10, backoffLimitPerIndex: 0, maxFailedIndexes: 1 },
      exitCodeOf: oddFail,
      status: { failedIndexes: '1,3', completedIndexes: '0,2', failed: 2, succeeded: 2 },
      end: { type: 'Failed', reason: 'MaxFailedIndexesExceeded' },
    },
    {
      name: 'gives an index up whose failure the policy says is final',
      spec: { parallelism: 2, completions: 4, backoffLimitPerIndex: 1, podFailurePolicy: failIndex },
      exitCodeOf: oddFail,
      status: { failedIndexes: '1,3', completedIndexes: '0,2', failed: 2, succeeded: 2 },
      end: { type: 'Failed', reason: 'FailedIndexes' },
    },
    {
      name: 'ends early by an exit code that the policy names, with pods still running',
      spec: { parallelism: 2, completions: 4, podFailurePolicy: failJob },
      exitCodeOf: (pod: Pod) => (indexOf(pod) === 1 ? 1 : undefined),
      status: { failed: 2 },
      end: { type: 'Failed', reason: 'PodFailurePolicy' },
    },
    {
      name: 'succeeds by its policy when all indexes have',
      spec: { parallelism: 2, completions: 2, successPolicy: { rules: [{ succeededIndexes: '0-1' }] } },
      exitCodeOf: () => 0,
      status: { completedIndexes: '0,1', succeeded: 2 },
      end: { type: 'Complete', reason: 'SuccessPolicy' },
    },
    {
      name: 'succeeds by its policy with the indexes that it names, whatever the others do',
      spec: { parallelism: 2, completions: 5, successPolicy: { rules: [{ succeededIndexes: '0' }] } },
      exitCodeOf: onlyFirstEnds,
      status: { completedIndexes: '0', succeeded: 1 },
      end: { type: 'Complete', reason: 'SuccessPolicy' },
    },
    {
      name: 'succeeds by its policy with as many indexes as it wants, whatever the others do',
      spec: { parallelism: 2, completions: 5, successPolicy: { rules: [{ succeededCount: 1 }] } },
      exitCodeOf: onlyFirstEnds,
      status: { completedIndexes: '0', succeeded: 1 },
      end: { type: 'Complete', reason: 'SuccessPolicy' },
    },
  ])(
    '$name',
    async ({ spec, exitCodeOf, status, end }) => {
      const { client } = cluster
      const namespace = await freshNamespace(client, 'indexes')
      await using _ = endingPods(client, namespace, exitCodeOf)
      const key = { name: 'job', namespace }
      await client.create(Job, { metadata: key, spec: { completionMode: 'Indexed', ...spec, template } } as never)
      const ended = await eventually(
        async () => {
          const job = await client.get(Job, key)
          return findCondition(job.status.conditions, end.type) && job
        },
        { seconds: 60, what: `the condition ${end.type}` },
      )
      expect(ended.status).toMatchObject(status)
      expect(findCondition(ended.status.conditions, end.type)).toMatchObject({ status: 'True', reason: end.reason })
      expect(findCondition(ended.status.conditions, end.type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget')?.reason).toBe(
        end.reason,
      )
      expect([ended.status.active ?? 0, ended.status.ready ?? 0, ended.status.terminating ?? 0]).toEqual([0, 0, 0])
      await eventually(async () => (await client.list(Pod, { namespace })).items.every(pod => pod.status.phase !== 'Running'))
    },
    90_000,
  )

  it('is made at rest, patched, replaced and set going, listed everywhere, completes, and is deleted with others', async () => {
    const { client, plane } = cluster
    const wire = wireOf(plane)
    const namespace = await freshNamespace(client, 'job-life')
    const labelSelector = `life=${namespace}`
    const key = { name: 'job', namespace }
    await using _ = endingPods(client, namespace, () => 0)
    await using watch = await watchFromNow(client, Job, { namespace, labelSelector })
    const spec = { suspend: true, parallelism: 2, completions: 4, template }
    await client.create(Job, { metadata: { ...key, labels: { life: namespace } }, spec } as never)
    await client.patch(Job, key, { type: 'strategic', body: { metadata: { labels: { step: 'patched' } } } })
    await watch.sees('MODIFIED', ({ metadata }) => metadata.labels?.['step'] === 'patched')
    await eventually(async () => {
      const job = await client.get(Job, key)
      const metadata = { ...job.metadata, annotations: { ...job.metadata.annotations, updated: 'true' } }
      return client.update(Job, { ...job, metadata, spec: { ...job.spec, suspend: false } })
    })
    await watch.sees('MODIFIED', ({ metadata }) => metadata.annotations?.['updated'] === 'true')
    expect((await client.list(Job, { labelSelector })).items.map(({ metadata }) => metadata.namespace)).toEqual([namespace])
    await watch.sees('MODIFIED', ({ status }) => status.succeeded === 4 && status.completionTime !== undefined)
    await wire.delete(Job, { namespace }, { query: { labelSelector }, body: { propagationPolicy: 'Background' } })
    await watch.sees('DELETED', ({ metadata }) => metadata.labels?.['life'] === namespace)
    expect((await client.list(Job, { labelSelector })).items).toEqual([])
    await eventually(async () => (await client.list(Pod, { namespace })).items.length === 0)
  }, 60_000)

  it('that runs is deleted with its pods', async () => {
    const { client } = cluster
    const namespace = await freshNamespace(client, 'job-delete')
    const key = { name: 'job', namespace }
    await client.create(Job, { metadata: key, spec: { parallelism: 2, completions: 4, template } } as never)
    const running = async () => (await client.list(Pod, { namespace })).items.filter(({ status }) => status.phase === 'Running').length
    await eventually(async () => (await running()) === 2)
    await client.delete(Job, key, { propagationPolicy: 'Background' })
    await eventually(async () => (await client.list(Job, { namespace })).items.length === 0)
    await eventually(async () => (await client.list(Pod, { namespace })).items.length === 0)
  }, 60_000)

  it('has conditions of others in its status, which are patched with annotations, updated and left alone', async () => {
    const { client, plane } = cluster
    const wire = wireOf(plane)
    const namespace = await freshNamespace(client, 'job-status')
    const key = { name: 'job', namespace }
    const { metadata } = await client.create(Job, { metadata: key, spec: { parallelism: 2, completions: 4, template } } as never)
    await eventually(async () => (await client.get(Job, key)).status.ready === 2)
    const status = { ...key, subresource: 'status' }
    const condition = { type: 'CustomConditionType', status: 'True', lastTransitionTime: timestamp(new Date()) }
    const body = { metadata: { annotations: { patchedstatus: 'true' } }, status: { conditions: [condition] } }
    expect(await wire.patch(Job, status, { type: 'merge', body })).toMatchObject({
      metadata: { annotations: { patchedstatus: 'true' } },
      status: { conditions: [condition] },
    })
    await eventually(async () => {
      const job = await client.get(Job, key)
      const conditions = job.status.conditions?.map(each => ({ ...each, status: 'False' }))
      const { status: written } = await client.updateStatus(Job, { ...job, status: { ...job.status, conditions } } as Job)
      return findCondition(written.conditions, 'CustomConditionType')?.status === 'False'
    })
    expect(await wire.get(Job, status)).toMatchObject({ metadata: { uid: metadata.uid } })
    await client.patch(Job, key, { type: 'merge', body: { spec: { parallelism: 1 } } })
    const after = await eventually(async () => {
      const job = await client.get(Job, key)
      return job.status.active === 1 && job
    })
    expect(findCondition(after.status.conditions, 'CustomConditionType')?.status).toBe('False')
  }, 60_000)
})

/** Every year at the midnight so many days ago. */
const yearly = (daysAgo: number) => {
  const day = new Date(Date.now() - daysAgo * 86_400_000)
  return `0 0 ${day.getUTCDate()} ${day.getUTCMonth() + 1} ?`
}

describe('a CronJob', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: ['node-1'] })
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000)

  it.each([
    { concurrencyPolicy: 'Allow', jobs: 2, event: undefined },
    { concurrencyPolicy: 'Forbid', jobs: 1, event: 'JobAlreadyActive' },
    { concurrencyPolicy: 'Replace', jobs: 1, event: undefined },
  ])(
    'with concurrencyPolicy $concurrencyPolicy has $jobs Job(s) when the next is due and the first still runs',
    async ({ concurrencyPolicy, jobs, event }) => {
      const { client } = cluster
      const namespace = await freshNamespace(client, 'cron')
      const key = { name: 'cron', namespace }
      const spec = { schedule: yearly(3), timeZone: 'Etc/UTC', concurrencyPolicy, jobTemplate: { spec: { template } } }
      await client.create(CronJob, { metadata: key, spec } as never)
      // It has slept since: that midnight is due now.
      const lastScheduleTime = timestamp(new Date(Date.now() - 5 * 86_400_000))
      await client.patch(CronJob, key, { type: 'merge', subresource: 'status', body: { status: { lastScheduleTime } } })
      const active = async () => (await client.get(CronJob, key)).status.active?.map(({ name }) => name) ?? []
      const unfinished = async () => (await client.list(Job, { namespace })).items.filter(({ status }) => !status.completionTime)
      const [first] = await eventually(async () => (await active()).length === 1 && active())
      expect(await unfinished()).toHaveLength(1)
      await client.patch(CronJob, key, { type: 'merge', body: { spec: { schedule: yearly(1) } } })
      if (event) await eventually(async () => (await client.list(Event, { namespace })).items.some(({ reason }) => reason === event))
      else await eventually(async () => (await active()).some(name => name !== first))
      await eventually(async () => (await active()).length === jobs && (await unfinished()).length === jobs)
      expect((await active()).includes(first ?? '')).toBe(concurrencyPolicy !== 'Replace')
      await client.delete(CronJob, key, { propagationPolicy: 'Background' })
      await eventually(async () => (await client.list(Pod, { namespace })).items.length === 0)
    },
    60_000,
  )

  it('that is suspended makes no Job though one is due, until it goes on', async () => {
    const { client } = cluster
    const namespace = await freshNamespace(client, 'cron')
    const create = async (name: string, suspend: boolean) => {
      const spec = { schedule: yearly(1), timeZone: 'Etc/UTC', suspend, jobTemplate: { spec: { template } } }
      await client.create(CronJob, { metadata: { name, namespace }, spec } as never)
      const lastScheduleTime = timestamp(new Date(Date.now() - 5 * 86_400_000))
      await client.patch(CronJob, { name, namespace }, { type: 'merge', subresource: 'status', body: { status: { lastScheduleTime } } })
    }
    const owners = async () => (await client.list(Job, { namespace })).items.map(({ metadata }) => metadata.ownerReferences?.[0]?.name)
    await create('suspended', true)
    await create('awake', false)
    await eventually(async () => (await owners()).includes('awake'))
    expect(await owners()).toEqual(['awake'])
    expect((await client.get(CronJob, { name: 'suspended', namespace })).status.active ?? []).toEqual([])
    await client.patch(CronJob, { name: 'suspended', namespace }, { type: 'merge', body: { spec: { suspend: false } } })
    await eventually(async () => (await owners()).includes('suspended'))
  }, 60_000)

  it('is created, listed, watched, patched, updated, written in its status, and deleted alone and with others', async () => {
    const { client, plane } = cluster
    const wire = wireOf(plane)
    const namespace = await freshNamespace(client, 'cron-api')
    const labelSelector = `special=${namespace}`
    const key = { name: 'test-api', namespace }
    const manifest = (name: string) =>
      ({
        metadata: { name, namespace, labels: { special: namespace } },
        spec: {
          schedule: '* */1 * * ?',
          concurrencyPolicy: 'Allow',
          suspend: true,
          successfulJobsHistoryLimit: 1,
          failedJobsHistoryLimit: 0,
          jobTemplate: { spec: { parallelism: 1, completions: 1, backoffLimit: 1, template } },
        },
      }) as never
    const created = await client.create(CronJob, manifest('test-api'))
    expect((await client.get(CronJob, key)).metadata.uid).toBe(created.metadata.uid)
    for (const where of [{ namespace }, {}]) expect((await client.list(CronJob, { ...where, labelSelector })).items).toHaveLength(1)
    await using watch = await watchFromNow(client, CronJob, { namespace, labelSelector })
    await using everywhere = await watchFromNow(client, CronJob, { labelSelector })
    await client.patch(CronJob, key, { type: 'merge', body: { metadata: { annotations: { patched: 'true' } } } })
    await eventually(async () => {
      const cronJob = await client.get(CronJob, key)
      const annotations = { ...cronJob.metadata.annotations, updated: 'true' }
      return client.update(CronJob, { ...cronJob, metadata: { ...cronJob.metadata, annotations } })
    })
    for (const each of [watch, everywhere]) await each.sees('MODIFIED', ({ metadata }) => metadata.annotations?.['updated'] === 'true')
    const status = { ...key, subresource: 'status' }
    const now = timestamp(new Date())
    const body = { metadata: { annotations: { patchedstatus: 'true' } }, status: { lastScheduleTime: now } }
    expect(await wire.patch(CronJob, status, { type: 'merge', body })).toMatchObject(body)
    const later = timestamp(new Date(Date.now() + 1000))
    const cronJob = await client.get(CronJob, key)
    const written = await client.updateStatus(CronJob, { ...cronJob, status: { ...cronJob.status, lastScheduleTime: later } })
    expect(written.status.lastScheduleTime).toBe(later)
    expect(await wire.get(CronJob, status)).toMatchObject({ metadata: { uid: created.metadata.uid } })
    await client.create(CronJob, manifest('for-removal'))
    await wire.delete(CronJob, { name: 'for-removal', namespace }, { body: {} })
    await eventually(async () => (await client.list(CronJob, { namespace, labelSelector })).items.length === 1)
    await client.deleteCollection(CronJob, { namespace, labelSelector })
    await eventually(async () => (await client.list(CronJob, { namespace, labelSelector })).items.length === 0)
  }, 60_000)
})
