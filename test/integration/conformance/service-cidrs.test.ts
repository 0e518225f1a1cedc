import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { IPAddress } from '../../../api/networking/ip-address.ts'
import { ServiceCIDR } from '../../../api/networking/service-cidr.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'

let cluster: Awaited<ReturnType<typeof startHollowCluster>>
beforeAll(async () => {
  cluster = await startHollowCluster({ nodes: [], kubelets: false })
}, 120_000)
afterAll(async () => await cluster[Symbol.asyncDispose]())

/** The first event of a watch. */
async function firstOf<T>(events: (signal: AbortSignal) => AsyncIterable<T>): Promise<T | undefined> {
  const stop = new AbortController()
  for await (const event of events(stop.signal)) {
    stop.abort()
    return event
  }
  return undefined
}

describe('the networking API', () => {
  it('shows the default ServiceCIDR to whoever gets, lists or watches it, and its status', async () => {
    const { client } = cluster
    const range = await client.get(ServiceCIDR, { name: 'kubernetes' })
    const status = (await client.getPath('/apis/networking.k8s.io/v1/servicecidrs/kubernetes/status')) as typeof range & { kind: string }
    expect([status.kind, status.metadata.uid]).toEqual(['ServiceCIDR', range.metadata.uid])
    expect((await client.list(ServiceCIDR)).items.map(({ metadata }) => metadata.name)).toContain('kubernetes')
    const seen = await firstOf(signal => client.watch(ServiceCIDR, { resourceVersion: '0', signal }))
    expect(seen).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'kubernetes' } } })
  })

  it('creates, patches, updates, gets, lists, watches and deletes IPAddresses of either family, one or many', async () => {
    const { client } = cluster
    const parentRef = { group: 'mygroup', resource: 'myresources', namespace: 'foo', name: 'bar' }
    const make = (name: string, type: string) => client.create(IPAddress, { metadata: { name, labels: { type } }, spec: { parentRef } })
    const created = await make('255.255.255.255', 'broadcast')
    await make('fe80::42:1dff:fe84:f9e2', 'link-local')
    const key = { name: '255.255.255.255' }
    const patched = await client.patch(IPAddress, key, { type: 'merge', body: { metadata: { annotations: { patched: 'true' } } } })
    expect(patched.metadata.annotations).toEqual({ patched: 'true' })
    expect(Number(patched.metadata.resourceVersion)).toBeGreaterThan(Number(created.metadata.resourceVersion))
    const annotations = { ...patched.metadata.annotations, updated: 'true' }
    const updated = await client.update(IPAddress, { ...patched, metadata: { ...patched.metadata, annotations } })
    expect(updated.metadata.annotations).toEqual({ patched: 'true', updated: 'true' })
    expect((await client.get(IPAddress, key)).metadata.uid).toBe(created.metadata.uid)
    const listed = async (type: string) => (await client.list(IPAddress, { labelSelector: `type=${type}` })).items
    expect(await listed('broadcast')).toHaveLength(1)
    const watched = { labelSelector: 'type=broadcast', resourceVersion: '0' }
    expect(await firstOf(signal => client.watch(IPAddress, { ...watched, signal }))).toMatchObject({ type: 'ADDED' })
    await client.delete(IPAddress, key)
    await client.deleteCollection(IPAddress, { labelSelector: 'type=link-local' })
    expect([...(await listed('broadcast')), ...(await listed('link-local'))]).toEqual([])
  })
})
