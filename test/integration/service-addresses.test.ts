import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { isAlreadyExists, isNotFound } from '../../api/errors.ts'
import { Event } from '../../api/core/event.ts'
import { Service } from '../../api/core/service.ts'
import { IPAddress } from '../../api/networking/ip-address.ts'
import { serviceAddress } from '../../api/networking/service-address.ts'
import { ServiceCIDR } from '../../api/networking/service-cidr.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'

const namespace = 'default'
let cluster: Awaited<ReturnType<typeof startHollowCluster>>
beforeAll(async () => {
  cluster = await startHollowCluster({ nodes: [], kubelets: false })
}, 120_000)
afterAll(async () => await cluster[Symbol.asyncDispose]())

const serve = (name: string, spec: object = {}) =>
  cluster.client.create(Service, { metadata: { name, namespace }, spec: { ports: [{ port: 80 }], ...spec } } as never)
const addressNamed = async (name: string) => {
  try {
    return await cluster.client.get(IPAddress, { name })
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
const readyOf = async (name: string) =>
  (await cluster.client.get(ServiceCIDR, { name })).status.conditions?.find(({ type }) => type === 'Ready')
const eventsAbout = async (name: string) =>
  (await cluster.client.list(Event, { fieldSelector: `involvedObject.name=${name}` })).items.map(
    ({ reason, message }) => `${reason}: ${message}`,
  )

describe('the address of a service', () => {
  it('is an IPAddress from the moment the service is there until it is gone', async () => {
    const { spec } = await serve('web')
    const object = await addressNamed(spec.clusterIP ?? '')
    expect(object).toMatchObject({
      metadata: {
        labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' },
      },
      spec: { parentRef: { resource: 'services', namespace, name: 'web' } },
    })
    await cluster.client.delete(Service, { namespace, name: 'web' })
    expect(await addressNamed(spec.clusterIP ?? '')).toBeUndefined()
    // Nobody else has it meanwhile.
    const { clusterIP = '' } = spec
    expect((await serve('web', { clusterIP })).spec.clusterIP).toBe(clusterIP)
    const external = { spec: { type: 'ExternalName', externalName: 'example.com', clusterIP: null, clusterIPs: null } }
    await cluster.client.patch(Service, { namespace, name: 'web' }, { type: 'merge', body: external })
    expect(await addressNamed(clusterIP)).toBeUndefined()
  })

  it('is nobody else’s, neither a service’s nor of whoever made an IPAddress', async () => {
    const { clusterIP = '' } = (await serve('first')).spec
    const taken = `failed to allocate IP ${clusterIP}: provided IP is already allocated`
    await expect(serve('second', { clusterIP })).rejects.toThrow(taken)
    const parentRef = { group: 'example.com', resource: 'things', name: 'mine' }
    await cluster.client.create(IPAddress, { metadata: { name: '10.96.0.99' }, spec: { parentRef } })
    await expect(serve('second', { clusterIP: '10.96.0.99' })).rejects.toThrow('provided IP is already allocated')
    await expect(serve('second', { clusterIP: '10.97.0.1' })).rejects.toThrow(
      'failed to allocate IP 10.97.0.1: the provided network does not match the current range',
    )
    // What was refused left nothing behind.
    expect(await addressNamed('10.97.0.1')).toBeUndefined()
    expect((await addressNamed('10.96.0.99'))?.spec.parentRef?.name).toBe('mine')
  })

  it('leaves nothing behind when the service is not stored', async () => {
    const { clusterIP = '' } = (await serve('once')).spec
    const before = (await cluster.client.list(IPAddress)).items.length
    await expect(serve('once')).rejects.toThrow('already exists')
    expect((await cluster.client.list(IPAddress)).items).toHaveLength(before)
    expect((await addressNamed(clusterIP))?.spec.parentRef?.name).toBe('once')
  })
})

describe('ranges of service addresses', () => {
  it('begin with the one of the cluster, which is ready and protected', async () => {
    const message = 'Kubernetes default Service CIDR is ready'
    expect((await cluster.client.get(ServiceCIDR, { name: 'kubernetes' })).spec.cidrs).toEqual(['10.96.0.0/16'])
    expect(await readyOf('kubernetes')).toMatchObject({ status: 'True' })
    expect([message, 'Kubernetes Service CIDR is ready']).toContain((await readyOf('kubernetes'))?.message)
    const isProtected = async () =>
      (await cluster.client.get(ServiceCIDR, { name: 'kubernetes' })).metadata.finalizers?.includes(
        'networking.k8s.io/service-cidr-finalizer',
      )
    await eventually(isProtected, { what: 'its finalizer' })
  })

  it('may be added, give addresses, and do not go while they are needed', async () => {
    await cluster.client.create(ServiceCIDR, { metadata: { name: 'more' }, spec: { cidrs: ['203.0.113.0/29'] } })
    await eventually(async () => (await readyOf('more'))?.status === 'True', { what: 'its readiness' })
    const clusterIP = '203.0.113.2'
    expect((await serve('elsewhere', { clusterIP })).spec.clusterIP).toBe(clusterIP)
    await cluster.client.delete(ServiceCIDR, { name: 'more' })
    const blocked = {
      type: 'Ready',
      status: 'False',
      reason: 'Terminating',
      message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
    }
    await eventually(async () => (await readyOf('more'))?.status === 'False', { what: 'its refusal to go' })
    expect(await readyOf('more')).toMatchObject(blocked)
    await expect(serve('late', { clusterIP: '203.0.113.3' })).rejects.toThrow('does not match the current range')
    // The service that is there stays as it is, whatever else of it changes.
    const key = { namespace, name: 'elsewhere' }
    const labelled = await cluster.client.patch(Service, key, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } })
    expect(labelled.spec.clusterIP).toBe(clusterIP)
  })

  it.each([
    [[], 'at least one CIDR required'],
    [['10.0.0.0/24', '10.1.0.0/24'], 'may specify no more than one IP for each IP family'],
    [['nonsense'], 'must be a valid CIDR value'],
  ])('are refused as %j', async (cidrs, why) => {
    await expect(cluster.client.create(ServiceCIDR, { metadata: { name: 'wrong' }, spec: { cidrs } })).rejects.toThrow(why)
  })
})

describe('what was lost or is wrong', () => {
  it('is repaired: an IPAddress that is gone, and one that says that it is another’s', async () => {
    const { clusterIP = '' } = (await serve('broken')).spec
    await cluster.client.delete(IPAddress, { name: clusterIP })
    await eventually(async () => (await addressNamed(clusterIP)) !== undefined, { what: 'the IPAddress' })
    const missing = `ClusterIPNotAllocated: Cluster IP [IPv4]: ${clusterIP} is not allocated; repairing`
    await eventually(async () => (await eventsAbout('broken')).includes(missing), { what: 'its event' })
    await cluster.client.delete(IPAddress, { name: clusterIP })
    const parentRef = { resource: 'services', namespace, name: 'nobody' }
    const other = { metadata: { name: clusterIP }, spec: { parentRef } }
    // Whoever comes first: it is the service's in the end.
    await cluster.client.create(IPAddress, other).catch((error: unknown) => expect(isAlreadyExists(error)).toBe(true))
    await eventually(async () => (await addressNamed(clusterIP))?.spec.parentRef?.name === 'broken', { what: 'the IPAddress once more' })
  })

  it('is cleared away: an IPAddress of a service that has another', async () => {
    await serve('other')
    await cluster.client.create(IPAddress, serviceAddress('10.96.0.77', { metadata: { name: 'other', namespace } } as Service))
    await eventually(async () => (await addressNamed('10.96.0.77')) === undefined, { what: 'its end' })
    const wrong = `IPAddressWrongReference: IPAddress: 10.96.0.77 for Service ${namespace}/other has a wrong reference; cleaning up`
    await eventually(async () => (await eventsAbout('10.96.0.77')).includes(wrong), { what: 'its event' })
  })
})
