import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Event } from '../../../api/core/event.ts'
import { Event as EventsEvent } from '../../../api/events/event.ts'
import type { Kind } from '../../../api/kind.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { freshNamespace, wireOf } from '../../support/wire.ts'

const labels = { constant: 'true' }
const series = (count: number) => ({ count, lastObservedTime: '2017-09-19T15:09:16.000000Z' })
const rows = [
  {
    name: 'events of the core group',
    kind: Event as never as Kind,
    event: (namespace: string) => ({ message: 'first', reason: 'Test', type: 'Normal', count: 1, involvedObject: { namespace } }),
    text: 'message',
    selectors: [],
  },
  {
    name: 'events of events.k8s.io',
    kind: EventsEvent as never as Kind,
    event: (namespace: string) => ({
      regarding: { namespace },
      eventTime: '2017-09-19T15:09:16.000000Z',
      note: 'first',
      action: 'Do',
      reason: 'Test',
      type: 'Normal',
      reportingController: 'test-controller',
      reportingInstance: 'test-node',
    }),
    text: 'note',
    selectors: [
      [Event as never as Kind, 'source=test-controller'],
      [Event as never as Kind, 'reportingComponent=test-controller'],
      [EventsEvent as never as Kind, 'reportingController=test-controller'],
    ] as const,
  },
]

describe('the API of', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: [] })
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000)

  it.each(rows)('$name creates, lists, selects, patches, updates and deletes one', async ({ kind, event, text, selectors }) => {
    const { client, plane } = cluster
    const wire = wireOf(plane)
    const namespace = await freshNamespace(client, 'events')
    const key = { name: 'test', namespace }
    const found = async (of: Kind, where: object) => {
      const { items } = await client.list(of, where)
      return items.filter(({ metadata }) => metadata.namespace === namespace && metadata.name === 'test').length
    }
    await client.create(kind, { metadata: { ...key, labels }, ...event(namespace) } as never)
    for (const where of [{ labelSelector: 'constant=true' }, { namespace }]) expect(await found(kind, where)).toBe(1)
    for (const [of, fieldSelector] of selectors) {
      expect([fieldSelector, await found(of, { namespace, fieldSelector })]).toEqual([fieldSelector, 1])
      expect(await found(of, { namespace, fieldSelector: fieldSelector.replace('test-', 'other-') })).toBe(0)
    }
    const body = text === 'message' ? { message: 'patched' } : { series: series(2) }
    expect(await wire.patch(kind, key, { type: 'strategic', body })).toMatchObject(body)
    expect(await wire.get(kind, key)).toMatchObject(body)
    const current = (await wire.get(kind, key)) as unknown as Record<string, unknown>
    expect(await wire.put(kind, key, { ...current, series: series(100) })).toMatchObject({ series: series(100) })
    expect(await wire.get(kind, key)).toMatchObject({ ...body, series: series(100), [text]: text === 'message' ? 'patched' : 'first' })
    await client.delete(kind, key)
    for (const where of [{ labelSelector: 'constant=true' }, { namespace }]) expect(await found(kind, where)).toBe(0)
  })

  it.each(rows)('$name deletes a collection by label', async ({ kind, event }) => {
    const { client } = cluster
    const namespace = await freshNamespace(client, 'events')
    for (const name of ['test-1', 'test-2', 'test-3'])
      await client.create(kind, { metadata: { name, namespace, labels }, ...event(namespace) } as never)
    await client.create(kind, { metadata: { name: 'other', namespace }, ...event(namespace) } as never)
    const listed = async (labelSelector: string) => (await client.list(kind, { namespace, labelSelector })).items.length
    expect(await listed('constant=true')).toBe(3)
    await client.deleteCollection(kind, { namespace, labelSelector: 'constant=true' })
    expect([await listed('constant=true'), await listed('')]).toEqual([0, 1])
  })
})
