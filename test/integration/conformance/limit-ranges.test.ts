import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { LimitRange } from '../../../api/core/limit-range.ts'
import { Pod } from '../../../api/core/pod.ts'
import type { Client } from '../../../client/client.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { freshNamespace, watchFromNow } from '../../support/wire.ts'

const amounts = (cpu: string, memory: string, storage: string) => ({ cpu, memory, 'ephemeral-storage': storage })
const limit = {
  type: 'Container',
  min: amounts('50m', '100Mi', '100Gi'),
  max: amounts('500m', '500Mi', '500Gi'),
  default: amounts('500m', '500Mi', '500Gi'),
  defaultRequest: amounts('100m', '200Mi', '200Gi'),
  maxLimitRequestRatio: {},
}

describe('a LimitRange', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let client: Client
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: [] })
    client = cluster.client
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000)

  const createPod = async (namespace: string, name: string, resources: object = {}) =>
    (await client.create(Pod, { metadata: { name, namespace }, spec: { containers: [{ name: 'c', image: 'x', resources }] } } as never))
      .spec.containers[0]?.resources

  it('gives containers what they leave out, and lets none in that ask for too little or too much, as long as it is there', async () => {
    const namespace = await freshNamespace(client, 'limits')
    const key = { name: 'range', namespace }
    await using watch = await watchFromNow(client, LimitRange, { namespace })
    await client.create(LimitRange, { metadata: key, spec: { limits: [limit] } } as never)
    expect((await watch.sees('ADDED', ({ metadata }) => metadata.name === 'range')).spec.limits[0]).toMatchObject({
      min: limit.min,
      defaultRequest: limit.defaultRequest,
    })
    expect(await createPod(namespace, 'none')).toEqual({ requests: limit.defaultRequest, limits: limit.default })
    const partial = { requests: { memory: '150Mi', 'ephemeral-storage': '150Gi' }, limits: { cpu: '300m' } }
    // A limit without a request is the request, before the default is asked for.
    expect(await createPod(namespace, 'partial', partial)).toEqual({
      requests: amounts('300m', '150Mi', '150Gi'),
      limits: amounts('300m', '500Mi', '500Gi'),
    })
    const little = { requests: amounts('10m', '50Mi', '50Gi') }
    const much = { limits: amounts('600m', '600Mi', '600Gi') }
    await expect(createPod(namespace, 'little', little)).rejects.toMatchObject({ code: 403 })
    await expect(createPod(namespace, 'much', much)).rejects.toMatchObject({ code: 403 })
    const range = await client.get(LimitRange, key)
    const min = amounts('9m', '49Mi', '49Gi')
    const updated = await client.update(LimitRange, { ...range, spec: { limits: [{ ...limit, min }] } })
    expect(updated.spec.limits[0]?.min).toEqual(min)
    await eventually(() => createPod(namespace, 'little', little))
    await expect(createPod(namespace, 'much', much)).rejects.toMatchObject({ code: 403 })
    await client.delete(LimitRange, key)
    expect((await client.list(LimitRange, { namespace })).items).toEqual([])
    await eventually(() => createPod(namespace, 'much', much))
  }, 60_000)

  it('is listed everywhere, patched, and deleted with others by label', async () => {
    const [own, other] = [await freshNamespace(client, 'limits'), await freshNamespace(client, 'limits')]
    const labelSelector = `range=${own}`
    for (const namespace of [own, other])
      await client.create(LimitRange, {
        metadata: { name: 'range', namespace, labels: { range: own } },
        spec: { limits: [limit] },
      } as never)
    const listed = async (where: object = {}) => (await client.list(LimitRange, { ...where, labelSelector })).items.length
    expect([await listed({ namespace: own }), await listed()]).toEqual([1, 2])
    const min = amounts('9m', '49Mi', '49Gi')
    const body = { metadata: { labels: { step: 'patched' } }, spec: { limits: [{ type: 'Container', min }] } }
    const patched = await client.patch(LimitRange, { name: 'range', namespace: own }, { type: 'strategic', body })
    expect(patched.metadata.labels).toMatchObject({ step: 'patched' })
    expect(patched.spec.limits.map(each => each.min)).toEqual([min])
    await client.delete(LimitRange, { name: 'range', namespace: own })
    expect([await listed({ namespace: own }), await listed()]).toEqual([0, 1])
    await client.deleteCollection(LimitRange, { namespace: other, labelSelector })
    expect(await listed()).toBe(0)
  }, 60_000)
})
