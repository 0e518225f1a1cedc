import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ControllerRevision } from '../../../api/apps/controller-revision.ts'
import { DaemonSet } from '../../../api/apps/daemon-set.ts'
import { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { StatefulSet } from '../../../api/apps/stateful-set.ts'
import { Pod } from '../../../api/core/pod.ts'
import { ReplicationController } from '../../../api/core/replication-controller.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { freshNamespace, watchFromNow, wireOf } from '../../support/wire.ts'

const labels = { name: 'sample' }
const selector = { matchLabels: labels }
const podSpec = { terminationGracePeriodSeconds: 0, containers: [{ name: 'web', image: 'web:1' }] }
const template = { metadata: { labels }, spec: podSpec }

describe('the life of', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: ['node-1', 'node-2'] })
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000)

  async function start<O extends KubernetesObject>(kind: Kind<O>, spec: object) {
    const { client, plane } = cluster
    const namespace = await freshNamespace(client, 'life')
    const key = { name: 'test', namespace }
    const watch = await watchFromNow(client, kind, { namespace, labelSelector: 'name=sample' })
    await client.create(kind, { metadata: { ...key, labels }, spec } as never)
    return { client, namespace, key, wire: wireOf(plane), watch }
  }

  it('a ReplicationController: its selector is that of its template, it is patched, written in its status, scaled and deleted', async () => {
    const started = await start(ReplicationController, { replicas: 1, template })
    await using watch = started.watch
    const { client, key, wire, namespace } = started
    expect((await watch.sees('ADDED', () => true)).spec.selector).toEqual(labels)
    await watch.sees('MODIFIED', ({ status }) => status.replicas === 1 && status.readyReplicas === 1)
    const patch = { metadata: { creationTimestamp: null, labels: { step: 'patched' } }, spec: {}, status: { replicas: 0 } }
    expect(await wire.patch(ReplicationController, key, { type: 'strategic', body: patch })).toMatchObject({
      metadata: { labels: { step: 'patched' } },
    })
    await watch.sees('MODIFIED', ({ metadata }) => metadata.labels?.['step'] === 'patched')
    const status = { ...key, subresource: 'status' }
    const zero = { status: { readyReplicas: 0, availableReplicas: 0 } }
    const { status: written } = await wire.patch(ReplicationController, status, { type: 'strategic', body: zero })
    expect((written as unknown as { readyReplicas?: number }).readyReplicas ?? 0).toBe(0)
    await watch.sees('MODIFIED', object => object.metadata.labels?.['step'] === 'patched' && !object.status.readyReplicas)
    expect(await wire.get(ReplicationController, status)).toMatchObject({ status: { replicas: 1 } })
    await wire.patch(ReplicationController, { ...key, subresource: 'scale' }, { type: 'strategic', body: { spec: { replicas: 2 } } })
    await watch.sees('MODIFIED', object => object.status.replicas === 2 && object.status.readyReplicas === 2)
    await eventually(async () => {
      const current = await client.get(ReplicationController, key)
      return client.updateStatus(ReplicationController, {
        ...current,
        status: { ...current.status, readyReplicas: 1, availableReplicas: 1 },
      })
    })
    await watch.sees('MODIFIED', object => object.status.replicas === 2 && object.status.readyReplicas === 1)
    await client.deleteCollection(ReplicationController, { namespace, labelSelector: 'name=sample' })
    await watch.sees('DELETED', () => true)
  }, 60_000)

  it('a ReplicaSet: scaled by an update, and patched with a container more, which comes first', async () => {
    const started = await start(ReplicaSet, { replicas: 1, selector, template })
    await using watch = started.watch
    const { client, key } = started
    await eventually(async () => {
      const current = await client.get(ReplicaSet, key)
      return client.update(ReplicaSet, { ...current, spec: { ...current.spec, replicas: 2 } })
    })
    const containers = [{ name: 'test', image: 'pause:1' }]
    const spec = { replicas: 3, template: { spec: { terminationGracePeriodSeconds: 0, containers } } }
    await client.patch(ReplicaSet, key, { type: 'strategic', body: { metadata: { labels: { step: 'patched' } }, spec } })
    const patched = await watch.sees(
      'MODIFIED',
      ({ metadata, status }) => metadata.labels?.['step'] === 'patched' && status.readyReplicas === 3 && status.availableReplicas === 3,
    )
    expect(patched.spec.template?.spec?.containers.map(({ image }) => image)).toEqual(['pause:1', 'web:1'])
  }, 60_000)

  it('a StatefulSet: patched with replicas and a container more, listed everywhere and deleted with others', async () => {
    const started = await start(StatefulSet, { replicas: 1, serviceName: 'test', selector, template })
    await using watch = started.watch
    const { client, key, namespace } = started
    await watch.sees('MODIFIED', ({ status }) => status.readyReplicas === 1)
    const spec = { replicas: 2, template: { spec: { containers: [{ name: 'test', image: 'pause:1' }] } } }
    await client.patch(StatefulSet, key, { type: 'strategic', body: { metadata: { labels: { step: 'patched' } }, spec } })
    const patched = await watch.sees(
      'MODIFIED',
      ({ metadata, status }) => metadata.labels?.['step'] === 'patched' && status.readyReplicas === 2 && status.updatedReplicas === 2,
    )
    expect(patched.spec.template.spec?.containers[0]?.image).toBe('pause:1')
    const images = (await client.list(Pod, { namespace })).items.map(pod => pod.spec.containers[0]?.image)
    expect(images).toEqual(['pause:1', 'pause:1'])
    const { items } = await client.list(StatefulSet, { labelSelector: 'step=patched' })
    expect(items.map(({ metadata }) => metadata.namespace)).toContain(namespace)
    await client.deleteCollection(StatefulSet, { namespace, labelSelector: 'step=patched' })
    await watch.sees('DELETED', ({ metadata }) => metadata.name === 'test')
  }, 60_000)

  it.each<{ name: string; kind: Kind; spec: object; count: number }>([
    { name: 'ReplicaSets', kind: ReplicaSet as never, spec: { replicas: 3, selector, template }, count: 3 },
    { name: 'StatefulSets', kind: StatefulSet as never, spec: { replicas: 1, serviceName: 'test', selector, template }, count: 1 },
    { name: 'DaemonSets', kind: DaemonSet as never, spec: { selector, template }, count: 2 },
  ])(
    'a collection of $name, listed everywhere by label and deleted with its pods',
    async ({ kind, spec, count }) => {
      const started = await start(kind, spec)
      await using _ = started.watch
      const { client, namespace, wire } = started
      const running = async () => (await client.list(Pod, { namespace })).items.filter(({ status }) => status.phase === 'Running').length
      await eventually(async () => (await running()) === count)
      const listed = async () =>
        (await client.list(kind, { labelSelector: 'name=sample' })).items.filter(({ metadata }) => metadata.namespace === namespace).length
      expect(await listed()).toBe(1)
      await wire.delete(kind, { namespace }, { query: { labelSelector: 'name=sample' }, body: { gracePeriodSeconds: 1 } })
      expect(await listed()).toBe(0)
      await eventually(async () => (await client.list(Pod, { namespace })).items.length === 0)
    },
    60_000,
  )

  it('ControllerRevisions: patched, made by others, updated and deleted, one by one and by label', async () => {
    const started = await start(DaemonSet, { selector, template })
    await using _ = started.watch
    const { client, namespace, key } = started
    const revisions = async (count: number, labelSelector = 'name=sample') =>
      eventually(async () => {
        const { items } = await client.list(ControllerRevision, { namespace, labelSelector })
        return items.length === count && items
      })
    const [initial] = await revisions(1)
    if (!initial) throw new Error('the DaemonSet has no revision')
    expect(initial.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'DaemonSet', name: 'test', controller: true })
    const mark = { metadata: { labels: { [initial.metadata.name]: 'patched' } } }
    expect((await client.patch(ControllerRevision, initial.metadata, { type: 'strategic', body: mark })).metadata.labels).toMatchObject(
      mark.metadata.labels,
    )
    // The same content again, as somebody else might make it.
    await client.create(ControllerRevision, {
      metadata: {
        name: 'test-other',
        namespace,
        labels: { ...labels, 'controller-revision-hash': 'other' },
        ownerReferences: initial.metadata.ownerReferences,
      },
      data: initial.data,
      revision: initial.revision + 1,
    } as never)
    await revisions(2)
    await client.delete(ControllerRevision, initial.metadata)
    const [other] = await revisions(1)
    if (!other) throw new Error('there is no other revision')
    expect(other.metadata.name).toBe('test-other')
    await eventually(async () => {
      const current = await client.get(ControllerRevision, other.metadata)
      const withMark = { ...current.metadata, labels: { ...current.metadata.labels, mark: 'updated' } }
      return client.update(ControllerRevision, { ...current, metadata: withMark })
    })
    // A field that does not exist is of no account.
    const body = { spec: { template: { spec: { terminationGracePeriodSeconds: 1 } } }, updateStrategy: { type: 'RollingUpdate' } }
    await client.patch(DaemonSet, key, { type: 'strategic', body })
    await revisions(2)
    await client.deleteCollection(ControllerRevision, { namespace, labelSelector: 'mark=updated' })
    const [last] = await revisions(1)
    expect(last?.revision).toBe(3)
  }, 60_000)
})
