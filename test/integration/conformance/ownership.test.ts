import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { Job } from '../../../api/batch/job.ts'
import { findCondition } from '../../../api/conditions.ts'
import { Pod } from '../../../api/core/pod.ts'
import { ReplicationController } from '../../../api/core/replication-controller.ts'
import { ResourceQuota } from '../../../api/core/resource-quota.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { controllerOf } from '../../../api/owners.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { freshNamespace } from '../../support/wire.ts'

const labels = { name: 'sample' }
const podSpec = { terminationGracePeriodSeconds: 0, containers: [{ name: 'web', image: 'web:1' }] }
const template = { metadata: { labels }, spec: podSpec }

type Replicated = KubernetesObject & { status: { conditions?: readonly { type: string; reason?: string; message?: string }[] } }
const replicated = [
  { name: 'ReplicaSet', kind: ReplicaSet as never as Kind<Replicated>, selector: { matchLabels: labels } },
  { name: 'ReplicationController', kind: ReplicationController as never as Kind<Replicated>, selector: labels },
]

describe('pods and who owns them', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: ['node-1'] })
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000)

  it.each(replicated)(
    'are adopted by a $name that selects them, and released when it does so no longer',
    async ({ kind, selector }) => {
      const { client } = cluster
      const namespace = await freshNamespace(client, 'adoption')
      const key = { name: 'pod', namespace }
      await client.create(Pod, { metadata: { ...key, labels }, spec: podSpec } as never)
      const owner = await client.create(kind, {
        metadata: { name: 'owner', namespace },
        spec: { replicas: 1, selector, template },
      } as never)
      const ownerOf = async () => controllerOf(await client.get(Pod, key))?.uid
      await eventually(async () => (await ownerOf()) === owner.metadata.uid)
      expect((await client.list(Pod, { namespace })).items).toHaveLength(1)
      await eventually(async () => {
        const pod = await client.get(Pod, key)
        return client.update(Pod, { ...pod, metadata: { ...pod.metadata, labels: { name: 'not-matching' } } })
      })
      await eventually(async () => (await ownerOf()) === undefined)
      // The one that is missing now comes anew.
      const owned = await eventually(async () =>
        (await client.list(Pod, { namespace })).items.find(pod => controllerOf(pod)?.uid === owner.metadata.uid),
      )
      expect(owned.metadata.name).not.toBe('pod')
    },
    60_000,
  )

  it.each(replicated)(
    'that a quota forbids are a condition of the $name, until it asks for fewer',
    async ({ kind, selector }) => {
      const { client } = cluster
      const namespace = await freshNamespace(client, 'quota')
      await client.create(ResourceQuota, { metadata: { name: 'q', namespace }, spec: { hard: { pods: '2' } } } as never)
      await eventually(async () => (await client.get(ResourceQuota, { name: 'q', namespace })).status.hard?.['pods'] === '2')
      const key = { name: 'owner', namespace }
      await client.create(kind, { metadata: key, spec: { replicas: 3, selector, template } } as never)
      const failure = async () => findCondition((await client.get(kind, key)).status.conditions as never, 'ReplicaFailure')
      expect(await eventually(failure)).toMatchObject({ status: 'True', reason: 'FailedCreate' })
      await client.patch(kind, key, { type: 'merge', body: { spec: { replicas: 2 } } })
      await eventually(async () => (await failure()) === undefined)
    },
    60_000,
  )

  it('are taken back by a Job that lost them, and released when their labels go', async () => {
    const { client } = cluster
    const namespace = await freshNamespace(client, 'job')
    const spec = { parallelism: 2, completions: 4, template: { spec: { ...podSpec, restartPolicy: 'Never' } } }
    const job = await client.create(Job, { metadata: { name: 'job', namespace }, spec } as never)
    const [pod] = await eventually(async () => {
      const { items } = await client.list(Pod, { namespace })
      return items.length === 2 && items.every(({ status }) => status.phase === 'Running') && items
    })
    if (!pod) throw new Error('the Job has no pod')
    const owner = async () => controllerOf(await client.get(Pod, pod.metadata))
    await eventually(async () => {
      const { metadata, ...rest } = await client.get(Pod, pod.metadata)
      const { ownerReferences: _, ...orphaned } = metadata
      return client.update(Pod, { ...rest, metadata: orphaned } as Pod)
    })
    await eventually(async () => (await owner())?.uid === job.metadata.uid)
    await eventually(async () => {
      const { metadata, ...rest } = await client.get(Pod, pod.metadata)
      const { labels: _, ...bare } = metadata
      return client.update(Pod, { ...rest, metadata: bare } as Pod)
    })
    await eventually(async () => (await owner()) === undefined)
  }, 60_000)
})
