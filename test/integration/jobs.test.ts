import { describe, expect, it } from '@jest/globals'
import { CronJob } from '../../api/batch/cron-job.ts'
import { Job } from '../../api/batch/job.ts'
import { Event } from '../../api/core/event.ts'
import { Pod } from '../../api/core/pod.ts'
import { isNotFound } from '../../api/errors.ts'
import type { Client } from '../../client/client.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'

const namespace = 'default'
const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] } }

const podsOf = async (client: Client, name: string) =>
  (await client.list(Pod, { namespace, labelSelector: `batch.kubernetes.io/job-name=${name}` })).items

/** Ends a pod as its node would. */
async function end(client: Client, pod: Pod, exitCode = 0): Promise<void> {
  const terminated = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', finishedAt: '2020-01-01T00:00:00Z' }
  const container = { name: 'c', state: { terminated }, lastState: {}, ready: false, restartCount: 0, image: 'x', imageID: 'x' }
  const status = { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses: [container] }
  await client.patch(Pod, pod.metadata, { type: 'merge', subresource: 'status', body: { status } })
}

const eventsOf = async (client: Client, name: string) =>
  (await client.list(Event, { namespace, fieldSelector: `involvedObject.name=${name}` })).items.map(
    ({ reason, message }) => `${reason}: ${message?.replace(/-[a-z0-9]{5}$/, '-?')}`,
  )

const gone = async (look: Promise<unknown>) => {
  try {
    await look
    return false
  } catch (error) {
    if (isNotFound(error)) return true
    throw error
  }
}

describe('a Job', () => {
  it('runs a pod for each index, counts, completes, and goes with its pods when its time is over', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    const spec = { completions: 3, parallelism: 2, completionMode: 'Indexed', ttlSecondsAfterFinished: 2, template }
    await client.create(Job, { metadata: { name: 'squares', namespace }, spec } as never)
    const first = await eventually(async () => {
      const pods = await podsOf(client, 'squares')
      return pods.length === 2 && pods.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    })
    expect(first[1]).toMatchObject({
      metadata: {
        generateName: 'squares-1-',
        labels: { 'batch.kubernetes.io/job-completion-index': '1', 'job-name': 'squares' },
        annotations: { 'batch.kubernetes.io/job-completion-index': '1' },
        finalizers: ['batch.kubernetes.io/job-tracking'],
      },
      spec: { hostname: 'squares-1' },
    })
    expect(first[1]?.spec.containers[0]?.env).toEqual([
      {
        name: 'JOB_COMPLETION_INDEX',
        valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" } },
      },
    ])
    await eventually(async () => (await client.get(Job, { name: 'squares', namespace })).status.ready === 2)
    for (const pod of first) await end(client, pod)
    const last = await eventually(async () => (await podsOf(client, 'squares')).find(({ spec }) => spec.hostname === 'squares-2'))
    await end(client, last)
    const job = await eventually(async () => {
      const current = await client.get(Job, { name: 'squares', namespace })
      return current.status.completionTime !== undefined && current
    })
    expect(job.status).toMatchObject({ succeeded: 3, completedIndexes: '0-2', ready: 0, terminating: 0, uncountedTerminatedPods: {} })
    const reached = { status: 'True', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' }
    expect(job.status.conditions).toMatchObject([
      { type: 'SuccessCriteriaMet', ...reached },
      { type: 'Complete', ...reached },
    ])
    expect((await podsOf(client, 'squares')).every(({ metadata }) => !metadata.finalizers)).toBe(true)
    const told = await eventually(async () => {
      const events = await eventsOf(client, 'squares')
      return events.length === 4 && events
    })
    expect(told.sort()).toEqual([
      'Completed: Job completed',
      'SuccessfulCreate: Created pod: squares-0-?',
      'SuccessfulCreate: Created pod: squares-1-?',
      'SuccessfulCreate: Created pod: squares-2-?',
    ])
    await eventually(() => gone(client.get(Job, { name: 'squares', namespace })))
    await eventually(async () => (await podsOf(client, 'squares')).length === 0)
  }, 60_000)

  it('rests and goes on, fails beyond its limit, and leaves its pods behind unless told otherwise', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    const name = 'moody'
    await client.create(Job, { metadata: { name, namespace }, spec: { suspend: true, backoffLimit: 0, parallelism: 2, template } } as never)
    const current = () => client.get(Job, { name, namespace })
    const suspended = await eventually(async () => {
      const { status } = await current()
      return status.conditions?.[0] && status
    })
    expect(suspended).toMatchObject({
      conditions: [{ type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }],
    })
    expect(suspended.startTime).toBeUndefined()
    await client.patch(Job, { name, namespace }, { type: 'merge', body: { spec: { suspend: false } } })
    const pods = await eventually(async () => {
      const found = await podsOf(client, name)
      return found.length === 2 && found
    })
    await eventually(async () => (await current()).status.conditions?.[0]?.reason === 'JobResumed')
    await end(client, pods[0] as Pod, 3)
    const { status } = await eventually(async () => {
      const job = await current()
      return job.status.conditions?.some(({ type }) => type === 'Failed') && job
    })
    const exceeded = { status: 'True', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' }
    expect(status).toMatchObject({
      failed: 2,
      conditions: [
        { type: 'Suspended', status: 'False' },
        { type: 'FailureTarget', ...exceeded },
        { type: 'Failed', ...exceeded },
      ],
    })
    await client.delete(Job, { name, namespace })
    await eventually(() => gone(current()))
    const left = await eventually(async () => {
      const found = await podsOf(client, name)
      return found.every(({ metadata }) => !metadata.ownerReferences && !metadata.finalizers) && found
    })
    expect(left.map(({ metadata }) => metadata.name)).toEqual([pods[0]?.metadata.name])
  }, 60_000)

  it('lets the pods of a Job go that is deleted while they run', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await client.create(Job, { metadata: { name: 'short', namespace }, spec: { template } } as never)
    await eventually(async () => (await podsOf(client, 'short'))[0]?.status.phase === 'Running')
    await client.delete(Job, { name: 'short', namespace }, { propagationPolicy: 'Background' })
    await eventually(async () => (await podsOf(client, 'short')).length === 0)
  }, 60_000)

  it('leaves Jobs alone that somebody else manages', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await client.create(Job, { metadata: { name: 'theirs', namespace }, spec: { managedBy: 'example.com/x', template } } as never)
    await client.create(Job, { metadata: { name: 'ours', namespace }, spec: { template } } as never)
    await eventually(async () => (await podsOf(client, 'ours')).length === 1)
    expect(await podsOf(client, 'theirs')).toEqual([])
    expect((await client.get(Job, { name: 'theirs', namespace })).status).toEqual({})
  }, 60_000)
})

describe('a CronJob', () => {
  it('makes a Job when it is due, knows when it has ended, and keeps no more of them than it should', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    const key = { name: 'tick', namespace }
    const labels = { app: 'tick' }
    const spec = {
      schedule: '0 0 1 1 *',
      timeZone: 'Asia/Tokyo',
      successfulJobsHistoryLimit: 0,
      jobTemplate: { metadata: { labels }, spec: { template } },
    }
    await client.create(CronJob, { metadata: key, spec } as never)
    // It last ran years ago.
    const status = { lastScheduleTime: '2024-06-01T00:00:00Z' }
    await client.patch(CronJob, key, { type: 'merge', subresource: 'status', body: { status } })
    const job = await eventually(async () => (await client.list(Job, { namespace })).items[0])
    const due = new Date(Date.UTC(new Date(Date.now() + 9 * 3_600_000).getUTCFullYear(), 0, 1) - 9 * 3_600_000)
    expect(job.metadata).toMatchObject({
      name: `tick-${due.getTime() / 60_000}`,
      labels,
      annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': `${due.getUTCFullYear() + 1}-01-01T00:00:00+09:00` },
      ownerReferences: [{ kind: 'CronJob', name: 'tick', controller: true }],
    })
    const active = await eventually(async () => {
      const current = await client.get(CronJob, key)
      return current.status.active?.length === 1 && current
    })
    expect(active.status).toMatchObject({
      active: [{ kind: 'Job', name: job.metadata.name }],
      lastScheduleTime: due.toISOString().replace('.000', ''),
    })
    const pod = await eventually(async () => (await podsOf(client, job.metadata.name))[0])
    await end(client, pod)
    await eventually(() => gone(client.get(Job, job.metadata)))
    const ended = await eventually(async () => {
      const current = await client.get(CronJob, key)
      return current.status.active === undefined && current.status.lastSuccessfulTime !== undefined && current
    })
    expect(ended.status.lastSuccessfulTime).toBeDefined()
    await eventually(async () => (await podsOf(client, job.metadata.name)).length === 0)
    await eventually(async () => {
      const reasons = (await eventsOf(client, 'tick')).map(event => event.split(':')[0])
      return ['SuccessfulCreate', 'SawCompletedJob', 'SuccessfulDelete'].every(reason => reasons.includes(reason))
    })
  }, 60_000)
})
