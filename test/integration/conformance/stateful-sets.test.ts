import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { StatefulSet } from '../../../api/apps/stateful-set.ts'
import { Pod } from '../../../api/core/pod.ts'
import { timestamp } from '../../../api/time.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { freshNamespace, watchFromNow } from '../../support/wire.ts'

const never = 'web:never-starts'
const labels = { app: 'web' }
const revisionLabel = 'controller-revision-hash'

describe('a StatefulSet', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  beforeAll(async () => {
    cluster = await startHollowCluster({ kubelets: { starts: ({ spec }) => spec.containers[0]?.image !== never } })
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000)

  async function start(image: string, spec: object) {
    const { client } = cluster
    const namespace = await freshNamespace(client, 'ordinals')
    const key = { name: 'web', namespace }
    const podSpec = { terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image }] }
    const template = { metadata: { labels }, spec: podSpec }
    await client.create(StatefulSet, {
      metadata: key,
      spec: { serviceName: 'test', selector: { matchLabels: labels }, template, ...spec },
    } as never)
    const change = (body: object) => client.patch(StatefulSet, key, { type: 'strategic', body: { spec: body } })
    const pods = async () => {
      const { items } = await client.list(Pod, { namespace })
      return items.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    }
    return {
      client,
      namespace,
      change,
      pods,
      setImage: (next: string) => change({ template: { spec: { containers: [{ name: 'c', image: next }] } } }),
      names: async () => (await pods()).map(({ metadata }) => metadata.name),
      images: async () => (await pods()).map(each => each.spec.containers[0]?.image),
      /** The status of what was asked for last, when the controller has seen it and so many pods are there. */
      seen: (replicas: number) =>
        eventually(async () => {
          const { metadata, status } = await client.get(StatefulSet, key)
          return status.observedGeneration === metadata.generation && (status.replicas ?? 0) === replicas && status
        }),
      ready: (replicas: number, updated = replicas) =>
        eventually(async () => {
          const { metadata, status } = await client.get(StatefulSet, key)
          if (status.observedGeneration !== metadata.generation || (status.readyReplicas ?? 0) !== replicas) return false
          return (status.updatedReplicas ?? 0) === updated && status
        }),
      async setReady(name: string, isReady: boolean) {
        const condition = { type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: timestamp(new Date()) }
        const body = { status: { phase: 'Running', conditions: [condition] } }
        await client.patch(Pod, { name, namespace }, { type: 'strategic', subresource: 'status', body })
      },
    }
  }

  it('grows in order and shrinks in reverse, and waits for a pod that is not ready both times', async () => {
    const { client, namespace, change, seen, ready, names, setReady } = await start(never, { replicas: 1 })
    await using watch = await watchFromNow(client, Pod, { namespace, labelSelector: 'app=web' })
    await seen(1)
    await change({ replicas: 3 })
    await seen(1)
    expect(await names()).toEqual(['web-0'])
    for (const name of ['web-0', 'web-1', 'web-2']) {
      await eventually(async () => (await names()).includes(name))
      await setReady(name, true)
    }
    await ready(3)
    for (const name of ['web-0', 'web-1', 'web-2']) await setReady(name, false)
    await ready(0, 3)
    await change({ replicas: 0 })
    await seen(3)
    expect(await names()).toEqual(['web-0', 'web-1', 'web-2'])
    for (const name of ['web-0', 'web-1', 'web-2']) await setReady(name, true)
    await eventually(async () => (await names()).length === 0)
    const told = (wanted: string) => watch.events.flatMap(({ type, object }) => (type === wanted ? [object.metadata.name] : []))
    expect(told('ADDED').slice(-2)).toEqual(['web-1', 'web-2'])
    await eventually(async () => told('DELETED').length === 3)
    expect(told('DELETED')).toEqual(['web-2', 'web-1', 'web-0'])
  }, 60_000)

  it('that may grow and shrink in parallel waits for no pod', async () => {
    const { change, seen, names } = await start(never, { replicas: 1, podManagementPolicy: 'Parallel' })
    await seen(1)
    await change({ replicas: 3 })
    await seen(3)
    expect(await names()).toEqual(['web-0', 'web-1', 'web-2'])
    await change({ replicas: 0 })
    await seen(0)
    expect(await names()).toEqual([])
  }, 60_000)

  it('is updated in reverse order once all are well, and back to the revision that it had', async () => {
    const { client, namespace, setImage, seen, ready, images, setReady } = await start('web:1', { replicas: 3 })
    const before = await ready(3)
    expect(before.currentRevision).toBe(before.updateRevision)
    for (const [from, to] of [
      ['web:1', 'web:2'],
      ['web:2', 'web:1'],
    ] as const) {
      await setReady('web-1', false)
      await using watch = await watchFromNow(client, Pod, { namespace, labelSelector: 'app=web' })
      await setImage(to)
      const during = await seen(3)
      expect(during.currentRevision).not.toBe(during.updateRevision)
      expect(await images()).toEqual([from, from, from])
      await setReady('web-1', true)
      const after = await ready(3)
      await eventually(async () => (await images()).every(image => image === to))
      const added = watch.events.flatMap(({ type, object }) => (type === 'ADDED' ? [object.metadata.name] : []))
      expect(added).toEqual(['web-2', 'web-1', 'web-0'])
      expect(after.updateRevision).toBe(during.updateRevision)
      if (to === 'web:1') expect(after.updateRevision).toBe(before.updateRevision)
    }
  }, 60_000)

  it('is updated as far as its partition, phase by phase, and restores each pod with the revision of its phase', async () => {
    const partition = (value: number) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: value } } })
    const { client, namespace, change, setImage, seen, ready, images, pods } = await start('web:1', { replicas: 3, ...partition(3) })
    await ready(3)
    await setImage('web:2')
    const { currentRevision, updateRevision } = await seen(3)
    expect(currentRevision).not.toBe(updateRevision)
    expect(await images()).toEqual(['web:1', 'web:1', 'web:1'])
    const updated = async (count: number) => {
      const images = await Promise.all([ready(3, count), pods()]).then(([, found]) => found.map(pod => pod.spec.containers[0]?.image))
      const hashes = (await pods()).map(({ metadata }) => metadata.labels?.[revisionLabel])
      const expected = <T>(old: T, young: T) => [0, 1, 2].map(ordinal => (ordinal < 3 - count ? old : young))
      return (
        images.join() === expected('web:1', 'web:2').join() &&
        hashes.join() === expected(currentRevision, updateRevision).join() &&
        hashes.length === 3
      )
    }
    await change(partition(2))
    await eventually(() => updated(1))
    const uids = (await pods()).map(({ metadata }) => metadata.uid)
    for (const name of ['web-0', 'web-2']) await client.delete(Pod, { name, namespace })
    await eventually(async () => {
      const now = (await pods()).map(({ metadata }) => metadata.uid)
      return now.length === 3 && now[0] !== uids[0] && now[2] !== uids[2]
    })
    await eventually(() => updated(1))
    for (const ordinal of [1, 0]) {
      await change(partition(ordinal))
      await eventually(() => updated(3 - ordinal))
    }
    expect((await ready(3)).currentRevision).toBe(updateRevision)
  }, 60_000)
})
