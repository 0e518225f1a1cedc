import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Pod } from '../../../api/core/pod.ts'
import { PodDisruptionBudget } from '../../../api/policy/pod-disruption-budget.ts'
import { timestamp } from '../../../api/time.ts'
import type { Client } from '../../../client/client.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { freshNamespace } from '../../support/wire.ts'

const labels = { foo: 'bar' }

describe('a PodDisruptionBudget', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let client: Client
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: ['node-1'] })
    client = cluster.client
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000)

  const create = (namespace: string, spec: object, name = 'foo') =>
    client.create(PodDisruptionBudget, {
      metadata: { name, namespace, labels },
      spec: { selector: { matchLabels: labels }, ...spec },
    } as never)
  const createPods = async (namespace: string, count: number) => {
    const spec = { terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'x' }] }
    for (let index = 0; index < count; index++)
      await client.create(Pod, { metadata: { name: `pod-${index}`, namespace, labels }, spec } as never)
    await eventually(async () => (await client.list(Pod, { namespace })).items.every(({ status }) => status.phase === 'Running'))
  }
  /** The budget, once its status is about what it demands and all pods count. */
  const processed = (namespace: string, healthy: number) =>
    eventually(async () => {
      const budget = await client.get(PodDisruptionBudget, { name: 'foo', namespace })
      return budget.status.observedGeneration === budget.metadata.generation && budget.status.currentHealthy === healthy && budget
    })
  const evict = (namespace: string, name: string) =>
    client.post(
      Pod,
      { namespace, name, subresource: 'eviction' },
      { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } },
    )

  it('is created, updated, patched and deleted', async () => {
    const namespace = await freshNamespace(client, 'budget')
    const key = { name: 'foo', namespace }
    await create(namespace, { minAvailable: '1%' })
    const updated = await eventually(async () => {
      const budget = await client.get(PodDisruptionBudget, key)
      return client.update(PodDisruptionBudget, { ...budget, spec: { ...budget.spec, minAvailable: '2%' } })
    })
    expect(updated.spec.minAvailable).toBe('2%')
    await processed(namespace, 0)
    const patched = await client.patch(PodDisruptionBudget, key, { type: 'merge', body: { spec: { minAvailable: '3%' } } })
    expect(patched.spec.minAvailable).toBe('3%')
    await client.delete(PodDisruptionBudget, key)
    await expect(client.get(PodDisruptionBudget, key)).rejects.toMatchObject({ code: 404 })
  }, 60_000)

  it('is listed with those of other namespaces, and deleted with those of its own', async () => {
    const [own, other] = [await freshNamespace(client, 'budgets'), await freshNamespace(client, 'budgets')]
    for (const [namespace, name] of [
      [own, 'foo'],
      [own, 'foo2'],
      [other, 'foo'],
    ] as const)
      await create(namespace, { minAvailable: 1 }, name)
    const listed = async (namespace?: string) => {
      const { items } = await client.list(PodDisruptionBudget, { ...(namespace ? { namespace } : {}), labelSelector: 'foo=bar' })
      return items.filter(({ metadata }) => [own, other].includes(metadata.namespace ?? '')).length
    }
    expect([await listed(), await listed(own)]).toEqual([3, 2])
    await client.deleteCollection(PodDisruptionBudget, { namespace: own, labelSelector: 'foo=bar' })
    expect([await listed(), await listed(own)]).toEqual([1, 0])
  }, 60_000)

  it('says how many pods may go when they are there, and takes what is written of disrupted pods', async () => {
    const namespace = await freshNamespace(client, 'budget')
    const key = { name: 'foo', namespace }
    await create(namespace, { minAvailable: 1 })
    await createPods(namespace, 3)
    expect((await processed(namespace, 3)).status).toMatchObject({ disruptionsAllowed: 2, expectedPods: 3 })
    await eventually(async () => {
      const budget = await client.get(PodDisruptionBudget, key)
      const disruptedPods = { 'pod-0': timestamp(new Date()) }
      return client.updateStatus(PodDisruptionBudget, { ...budget, status: { ...budget.status, disruptedPods } })
    })
    const told = await eventually(async () => {
      const { status } = await client.get(PodDisruptionBudget, key)
      return status.currentHealthy === 2 && status
    })
    expect(Object.keys(told.disruptedPods ?? {})).toEqual(['pod-0'])
    const body = { status: { disruptedPods: null } }
    const { status } = await client.patch(PodDisruptionBudget, key, { type: 'merge', subresource: 'status', body })
    expect(status.disruptedPods ?? {}).toEqual({})
    expect((await processed(namespace, 3)).status.disruptionsAllowed).toBe(2)
  }, 60_000)

  it('blocks evictions until it is changed to allow them, or gone', async () => {
    const namespace = await freshNamespace(client, 'eviction')
    const key = { name: 'foo', namespace }
    await createPods(namespace, 3)
    await create(namespace, { minAvailable: 3 })
    await processed(namespace, 3)
    const refusal = { code: 429, status: { reason: 'TooManyRequests', details: { causes: [{ reason: 'DisruptionBudget' }] } } }
    await expect(evict(namespace, 'pod-0')).rejects.toMatchObject(refusal)
    await eventually(async () => {
      const budget = await client.get(PodDisruptionBudget, key)
      return client.update(PodDisruptionBudget, { ...budget, spec: { ...budget.spec, minAvailable: 2 } })
    })
    await processed(namespace, 3)
    await evict(namespace, 'pod-0')
    await eventually(async () => (await client.list(Pod, { namespace })).items.length === 2)
    await client.patch(PodDisruptionBudget, key, { type: 'merge', body: { spec: { minAvailable: 3 } } })
    await processed(namespace, 2)
    await expect(evict(namespace, 'pod-1')).rejects.toMatchObject(refusal)
    await client.delete(PodDisruptionBudget, key)
    await evict(namespace, 'pod-1')
    await eventually(async () => (await client.list(Pod, { namespace })).items.length === 1)
  }, 60_000)
})
