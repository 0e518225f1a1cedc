import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Deployment } from '../../../api/apps/deployment.ts'
import { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { Pod } from '../../../api/core/pod.ts'
import { controllerOf } from '../../../api/owners.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { freshNamespace, watchFromNow, wireOf } from '../../support/wire.ts'

const revision = 'deployment.kubernetes.io/revision'
const podSpec = (image: string) => ({ terminationGracePeriodSeconds: 0, containers: [{ name: image.split(':')[0], image }] })
const missing = 'app:nonexistent'

describe('a Deployment', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  beforeAll(async () => {
    cluster = await startHollowCluster({ kubelets: { starts: ({ spec }) => spec.containers[0]?.image !== missing } })
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000)

  async function start() {
    const { client, plane } = cluster
    const namespace = await freshNamespace(client, 'rollout')
    const key = { name: 'd', namespace }
    return {
      client,
      namespace,
      key,
      wire: wireOf(plane),
      create: (image: string, spec: object = {}) => {
        const labels = { name: 'sample' }
        const template = { metadata: { labels }, spec: podSpec(image) }
        return client.create(Deployment, {
          metadata: { ...key, labels },
          spec: { replicas: 1, selector: { matchLabels: labels }, template, ...spec },
        } as never)
      },
      /** A ReplicaSet without owner, whose pods are there. */
      async createOrphan(annotations: Record<string, string> = {}) {
        const labels = { name: 'sample', pod: 'old' }
        const template = { metadata: { labels }, spec: podSpec('old:1') }
        await client.create(ReplicaSet, {
          metadata: { name: 'orphan', namespace, labels, annotations },
          spec: { replicas: 1, selector: { matchLabels: labels }, template },
        } as never)
        await eventually(async () => (await client.get(ReplicaSet, { name: 'orphan', namespace })).status.readyReplicas === 1)
      },
      setImage: (image: string) =>
        client.patch(Deployment, key, { type: 'json', body: [{ op: 'replace', path: '/spec/template/spec', value: podSpec(image) }] }),
      complete: (replicas: number) =>
        eventually(async () => {
          const deployment = await client.get(Deployment, key)
          const { status, metadata } = deployment
          const counts = [status.replicas, status.updatedReplicas, status.availableReplicas]
          return status.observedGeneration === metadata.generation && counts.every(count => count === replicas) && deployment
        }),
      sets: async () => (await client.list(ReplicaSet, { namespace })).items,
      setOf: async (image: string) =>
        (await client.list(ReplicaSet, { namespace })).items.find(({ spec }) => spec.template?.spec?.containers[0]?.image === image),
    }
  }

  it('adopts a ReplicaSet with a very high revision, replaces its pods, and has the next revision', async () => {
    const { createOrphan, create, complete, sets } = await start()
    await createOrphan({ [revision]: '3546343826724305832' })
    const { metadata } = await create('new:1')
    const after = await complete(1)
    expect(after.metadata.annotations?.[revision]).toBe('3546343826724305833')
    const left = (await sets())
      .map(set => [set.spec.template?.spec?.containers[0]?.image, set.spec.replicas, controllerOf(set)?.uid])
      .sort()
    expect(left).toEqual([
      ['new:1', 1, metadata.uid],
      ['old:1', 0, metadata.uid],
    ])
  }, 60_000)

  it('that recreates has no new pod as long as there is an old one', async () => {
    const { client, namespace, create, complete, setImage, setOf } = await start()
    await create('old:1', { replicas: 2, strategy: { type: 'Recreate' } })
    await complete(2)
    await using watch = await watchFromNow(client, Pod, { namespace })
    await setImage('new:1')
    expect((await complete(2)).metadata.annotations?.[revision]).toBe('2')
    await watch.sees('ADDED', ({ spec }) => spec.containers[0]?.image === 'new:1')
    const ofNew = watch.events.map(({ type, object }) => (object.spec.containers[0]?.image === 'new:1' ? type : undefined))
    const lastOld = watch.events.findLastIndex(({ type, object }) => type === 'DELETED' && object.spec.containers[0]?.image === 'old:1')
    expect(lastOld).toBeGreaterThanOrEqual(0)
    expect(ofNew.indexOf('ADDED')).toBeGreaterThan(lastOld)
    expect((await setOf('old:1'))?.spec.replicas).toBe(0)
  }, 60_000)

  it('without history deletes an old ReplicaSet, which made no pod more', async () => {
    const { client, namespace, createOrphan, create, complete, sets } = await start()
    await createOrphan()
    await using watch = await watchFromNow(client, Pod, { namespace })
    await create('new:1', { revisionHistoryLimit: 0 })
    await complete(1)
    await eventually(async () => (await sets()).length === 1)
    const added = watch.events.filter(({ type }) => type === 'ADDED')
    expect(added.map(({ object }) => object.spec.containers[0]?.image)).toEqual(['new:1'])
  }, 60_000)

  it('rolls over from a template that never works to the next one', async () => {
    const { client, key, createOrphan, create, setImage, complete, setOf } = await start()
    await createOrphan()
    await create(missing, { minReadySeconds: 1, strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } })
    await eventually(async () => ((await client.get(Deployment, key)).status.updatedReplicas ?? 0) >= 1)
    expect((await client.get(Deployment, key)).metadata.annotations?.[revision]).toBe('1')
    const counts = async (image: string) => {
      const set = await setOf(image)
      return [set?.spec.replicas, set?.status.replicas]
    }
    expect(await counts('old:1')).toEqual([1, 1])
    expect(await counts(missing)).toEqual([1, 1])
    await setImage('new:1')
    expect((await complete(1)).metadata.annotations?.[revision]).toBe('2')
    expect(await counts('old:1')).toEqual([0, 0])
    expect(await counts(missing)).toEqual([0, 0])
  }, 60_000)

  it('that is scaled in the middle of a rollout grows all its ReplicaSets in proportion', async () => {
    const { client, key, create, complete, setImage, setOf } = await start()
    await create('old:1', { replicas: 10, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } })
    await complete(10)
    await setImage(missing)
    // Two old pods have gone, as many as may be missing, and the new ones use up the surplus.
    await eventually(async () => {
      const [first, second] = await Promise.all([setOf('old:1'), setOf(missing)])
      const has = (set: ReplicaSet | undefined, count: number) => set?.spec.replicas === count && set.status.replicas === count
      return has(first, 8) && has(second, 5) && first?.status.availableReplicas === 8 && !second?.status.availableReplicas
    })
    await client.patch(Deployment, key, { type: 'merge', body: { spec: { replicas: 30 } } })
    const counts = async () => [(await setOf('old:1'))?.spec.replicas, (await setOf(missing))?.spec.replicas]
    await eventually(async () => (await counts()).join() === '20,13')
  }, 60_000)

  it('is created, patched, replaced without naming a version, read and patched in its status, and deleted with others', async () => {
    const { client, namespace, key, wire, create, complete } = await start()
    const labelSelector = 'name=sample'
    await using watch = await watchFromNow(client, Deployment, { namespace, labelSelector })
    const original = await create('web:1', { replicas: 2 })
    await watch.sees('ADDED', ({ metadata }) => metadata.name === 'd')
    await watch.sees('MODIFIED', ({ status }) => status.readyReplicas === 2)
    const spec = { replicas: 1, template: { spec: { terminationGracePeriodSeconds: 2, containers: [{ name: 'web', image: 'web:2' }] } } }
    await client.patch(Deployment, key, { type: 'strategic', body: { metadata: { labels: { step: 'patched' } }, spec } })
    const patched = await watch.sees(
      'MODIFIED',
      ({ status, metadata }) => metadata.labels?.['step'] === 'patched' && status.readyReplicas === 1 && status.updatedReplicas === 1,
    )
    expect(patched.spec.template.spec).toMatchObject({ terminationGracePeriodSeconds: 2, containers: [{ image: 'web:2' }] })
    const everywhere = await wire.get(Deployment, {}, { query: { labelSelector } })
    expect((everywhere['items'] as unknown as Deployment[]).map(({ metadata }) => metadata.namespace)).toContain(namespace)
    // As a client writes it that keeps the manifest it began with.
    const { name, labels } = original.metadata
    await wire.put(Deployment, key, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, creationTimestamp: null, labels: { ...labels, step: 'updated' } },
      spec: { replicas: 2, selector: original.spec.selector, strategy: {}, template: { metadata: { labels }, spec: podSpec('web:3') } },
      status: {},
    })
    await complete(2)
    const status = { ...key, subresource: 'status' }
    expect(await wire.get(Deployment, status)).toMatchObject({
      metadata: { labels: { step: 'updated' } },
      spec: { template: { spec: { containers: [{ image: 'web:3' }] } } },
    })
    const written = { metadata: { labels: { step: 'patched-status' } }, status: { readyReplicas: 0, availableReplicas: 0 } }
    expect(await wire.patch(Deployment, status, { type: 'strategic', body: written })).toMatchObject({
      metadata: { labels: { step: 'updated' } },
    })
    await complete(2)
    await wire.delete(Deployment, { namespace }, { query: { labelSelector }, body: { gracePeriodSeconds: 1 } })
    await watch.sees('DELETED', ({ metadata }) => metadata.name === 'd')
  }, 60_000)
})
