import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { WorkQueue } from '../../client/work-queue.ts'
import { observedStore } from '../store/observed-store.ts'
import { openStore } from '../store/lmdb-store.ts'
import { ClientMetrics } from './client-metrics.ts'
import { QueueMetrics } from './queue-metrics.ts'
import { SchedulerMetrics } from './scheduler-metrics.ts'
import { exposition } from './series.ts'
import { StoreMetrics } from './store-metrics.ts'

const lines = (families: Parameters<typeof exposition>[0]): string[] => exposition(families).split('\n')

describe('metrics of work queues', () => {
  it('count keys that come, wait, are worked on and fail', async () => {
    const metrics = new QueueMetrics()
    const stop = new AbortController()
    let handled = 0
    let longest = 0
    const queue: WorkQueue = new WorkQueue(
      async key => {
        handled++
        const line = lines(metrics.families).find(each => each.startsWith('workqueue_longest_running_processor_seconds{'))
        longest = Number(line?.split(' ')[1])
        // While it is worked on: it waits for another turn, and that counts.
        if (handled === 1) queue.add(key)
        if (handled === 2) throw new Error('not yet')
        if (handled === 4) stop.abort()
      },
      { observer: metrics.observe('deployment'), backoff: () => 1 },
    )
    for (const key of ['b', 'a', 'a']) queue.add(key)
    expect(lines(metrics.families)).toEqual(
      expect.arrayContaining(['workqueue_adds_total{name="deployment"} 2', 'workqueue_depth{name="deployment"} 2']),
    )
    await queue.run(stop.signal)
    expect(longest).toBeGreaterThan(0)
    expect(lines(metrics.families)).toEqual(
      expect.arrayContaining([
        'workqueue_adds_total{name="deployment"} 4',
        'workqueue_depth{name="deployment"} 0',
        'workqueue_retries_total{name="deployment"} 1',
        'workqueue_queue_duration_seconds_count{name="deployment"} 4',
        'workqueue_work_duration_seconds_count{name="deployment"} 4',
        'workqueue_unfinished_work_seconds{name="deployment"} 0',
        'workqueue_longest_running_processor_seconds{name="deployment"} 0',
      ]),
    )
  })
})

describe('metrics of the scheduler', () => {
  it('count attempts by what came of them, and how long pods took', () => {
    const metrics = new SchedulerMetrics()
    const pod = (uid: string) => ({ metadata: { uid }, spec: {} })
    metrics.follow(() => ({ active: 1, backoff: 0, unschedulable: 2, gated: 0 }))
    metrics.begins(pod('a'))
    metrics.ends(pod('a'), 'unschedulable')
    metrics.preempts(3)
    metrics.begins(pod('a'))
    metrics.ends(pod('a'), 'scheduled')
    metrics.begins(pod('b'))
    metrics.forget(pod('b'))
    expect(lines(metrics.families)).toEqual(
      expect.arrayContaining([
        'scheduler_schedule_attempts_total{profile="default-scheduler",result="unschedulable"} 1',
        'scheduler_schedule_attempts_total{profile="default-scheduler",result="scheduled"} 1',
        'scheduler_scheduling_attempt_duration_seconds_count{profile="default-scheduler",result="scheduled"} 1',
        'scheduler_pod_scheduling_sli_duration_seconds_count{attempts="2"} 1',
        'scheduler_pod_scheduling_attempts_sum 2',
        'scheduler_preemption_attempts_total 1',
        'scheduler_preemption_victims_sum 3',
        'scheduler_pending_pods{queue="unschedulable"} 2',
      ]),
    )
  })
})

describe('metrics of clients', () => {
  it('count answers by code, and requests that have none', () => {
    const metrics = new ClientMetrics()
    const request = { method: 'GET', host: 'loopback', seconds: 0.01 }
    metrics.answered({ ...request, code: 200 })
    metrics.answered({ ...request, code: 200 })
    metrics.answered({ ...request, code: undefined })
    expect(lines(metrics.families)).toEqual(
      expect.arrayContaining([
        'rest_client_requests_total{code="200",host="loopback",method="GET"} 2',
        'rest_client_requests_total{code="<error>",host="loopback",method="GET"} 1',
        'rest_client_request_duration_seconds_count{verb="GET",host="loopback"} 3',
      ]),
    )
  })
})

describe('metrics of the store', () => {
  it('count what is asked by operation and resource, and the size of the file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'store-metrics-'))
    const path = join(directory, 'store.mdb')
    const metrics = new StoreMetrics(path)
    const store = observedStore(await openStore(path), (operation, key, milliseconds) => metrics.asked(operation, key, milliseconds))
    try {
      await store.mutate('/core/pods/default/a', () => ({ put: '{}' }))
      await store.mutate('/core/pods/default/a', () => ({ put: '{ }' }))
      await store.mutate('/core/pods/default/a', () => ({ keep: true }))
      await store.mutate('/core/pods/default/a', () => ({ delete: true }))
      store.get('/apps/deployments/default/a')
      store.list('/core/pods/')
      const count = (operation: string, group: string, resource: string) =>
        `etcd_request_duration_seconds_count{operation="${operation}",group="${group}",resource="${resource}"} 1`
      const told = lines(metrics.families)
      expect(told).toEqual(
        expect.arrayContaining([
          count('create', '', 'pods'),
          count('update', '', 'pods'),
          count('delete', '', 'pods'),
          count('list', '', 'pods'),
          count('get', 'apps', 'deployments'),
        ]),
      )
      expect(told.some(line => /^apiserver_storage_size_bytes\{storage_cluster_id="etcd-0"\} [1-9]/.test(line))).toBe(true)
    } finally {
      await store.close()
      await rm(directory, { recursive: true })
    }
  })
})
