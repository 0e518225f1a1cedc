import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { DaemonSet } from '../../../api/apps/daemon-set.ts'
import { Deployment } from '../../../api/apps/deployment.ts'
import { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { StatefulSet } from '../../../api/apps/stateful-set.ts'
import { ReplicationController } from '../../../api/core/replication-controller.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { freshNamespace, watchFromNow, wireOf } from '../../support/wire.ts'

type Workload = KubernetesObject & {
  spec: { replicas?: number }
  status: { replicas?: number; conditions?: readonly { type: string; status: string; reason?: string; message?: string }[] }
}
const labels = { name: 'sample-pod', e2e: 'testing' }
const template = { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'web', image: 'web:1' }] } }
const selector = { matchLabels: labels }
const kinds: readonly { kind: Kind<never>; spec: object }[] = [
  { kind: Deployment as never, spec: { replicas: 1, selector, template } },
  { kind: ReplicaSet as never, spec: { replicas: 1, selector, template } },
  { kind: ReplicationController as never, spec: { replicas: 1, template } },
  { kind: StatefulSet as never, spec: { replicas: 1, serviceName: 'test', selector, template } },
  { kind: DaemonSet as never, spec: { selector, template } },
]
const rows = kinds.map(({ kind, spec }) => ({ name: (kind as Kind).kind, kind: kind as Kind<Workload>, spec }))

describe('workloads', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: ['node-1'] })
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000)

  async function created(kind: Kind<Workload>, spec: object) {
    const { client, plane } = cluster
    const namespace = await freshNamespace(client, 'conformance')
    await client.create(kind, { metadata: { name: 'test', namespace, labels }, spec } as never)
    const target = { namespace, name: 'test' }
    await eventually(async () => (await client.get(kind, target)).status.replicas === 1 || kind.kind === 'DaemonSet')
    return { client, target, wire: wireOf(plane) }
  }

  it.each(rows.filter(({ name }) => name !== 'DaemonSet'))(
    'are read and set by the scale of a $name, without naming a version',
    async ({ kind, spec }) => {
      const { client, target, wire } = await created(kind, spec)
      const scale = { ...target, subresource: 'scale' }
      const before = await wire.get(kind, scale)
      expect(before).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 1 }, status: { replicas: 1 } })
      const { resourceVersion: _, ...metadata } = before['metadata'] as unknown as Record<string, unknown>
      expect(await wire.put(kind, scale, { ...before, metadata, spec: { replicas: 2 } })).toMatchObject({ spec: { replicas: 2 } })
      expect((await client.get(kind, target)).spec.replicas).toBe(2)
      await eventually(async () => (await client.get(kind, target)).status.replicas === 2)
      const patch = { metadata: { creationTimestamp: null }, spec: { replicas: 4 }, status: { replicas: 0 } }
      expect(await wire.patch(kind, scale, { type: 'strategic', body: patch })).toMatchObject({ spec: { replicas: 4 } })
      expect((await client.get(kind, target)).spec.replicas).toBe(4)
      await eventually(async () => (await client.get(kind, target)).status.replicas === 4)
    },
    60_000,
  )

  it.each(rows)(
    'have conditions of others in the status of a $name, which watches see and controllers leave alone',
    async ({ kind, spec }) => {
      const { client, target, wire } = await created(kind, spec)
      const status = { ...target, subresource: 'status' }
      await using watch = await watchFromNow(client, kind, { namespace: target.namespace, labelSelector: 'e2e=testing' })
      const find = (type: string) => (object: Workload) => object.status.conditions?.some(condition => condition.type === type) ?? false
      const ours = { type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'Set from a test' } as const
      await eventually(async () => {
        const object = (await wire.get(kind, status)) as unknown as Workload
        const conditions = [...(object.status.conditions ?? []), ours]
        await client.updateStatus(kind, { ...object, status: { ...object.status, conditions } })
        return true
      })
      expect((await watch.sees('MODIFIED', find('StatusUpdate'))).status.conditions).toContainEqual(expect.objectContaining(ours))
      await wire.patch(kind, status, { type: 'merge', body: { status: { conditions: [{ type: 'StatusPatched', status: 'True' }] } } })
      expect(find('StatusUpdate')(await watch.sees('MODIFIED', find('StatusPatched')))).toBe(false)
      // Something for the controller to write about.
      await wire.patch(kind, target, { type: 'merge', body: { spec: { template: { metadata: { annotations: { round: '2' } } } } } })
      const { generation } = (await client.get(kind, target)).metadata
      const after = await eventually(async () => {
        const object = await client.get(kind, target)
        return (object.status as { observedGeneration?: number }).observedGeneration === generation && object
      })
      expect(find('StatusPatched')(after)).toBe(true)
    },
    60_000,
  )
})
