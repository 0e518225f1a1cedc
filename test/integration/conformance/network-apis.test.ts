import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Endpoints } from '../../../api/core/endpoints.ts'
import { Namespace } from '../../../api/core/namespace.ts'
import { Service } from '../../../api/core/service.ts'
import { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import { isNotFound } from '../../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { IngressClass } from '../../../api/networking/ingress-class.ts'
import { Ingress } from '../../../api/networking/ingress.ts'
import type { Client, ListOptions } from '../../../client/client.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'

type Cluster = Awaited<ReturnType<typeof startHollowCluster>>

/** What a watch has said since it began: type, name and annotations of each event. */
function watched<O extends KubernetesObject>(client: Client, kind: Kind<O>, options: ListOptions) {
  const stop = new AbortController()
  const seen: { readonly type: string; readonly object: O }[] = []
  const end = (async () => {
    for await (const event of client.watch(kind, { ...options, signal: stop.signal })) {
      if (event.type !== 'BOOKMARK') seen.push({ type: event.type, object: event.object })
    }
  })()
  return {
    until: (holds: (event: { readonly type: string; readonly object: O }) => boolean) =>
      eventually(async () => seen.find(holds), { what: `an event of ${kind.kind}` }),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await end
    },
  }
}
const missing = (asked: Promise<unknown>) =>
  expect(
    asked.then(
      () => false,
      (error: unknown) => isNotFound(error),
    ),
  ).resolves.toBe(true)

const backend = { service: { name: 'default-backend', port: { number: 80 } } }
const rule = { host: 'foo.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }
const slice = {
  addressType: 'IPv4',
  endpoints: [{ addresses: ['1.2.3.4', '5.6.7.8'] }, { addresses: ['2.2.3.4', '6.6.7.8'] }],
}
const rows: readonly [string, Kind<KubernetesObject>, object][] = [
  ['EndpointSlice', EndpointSlice as never, slice],
  ['Ingress', Ingress as never, { spec: { defaultBackend: backend, rules: [rule] } }],
  ['IngressClass', IngressClass as never, { spec: { controller: 'example.com/controller' } }],
]

describe('kinds of the network', () => {
  let cluster: Cluster
  let client: Client
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: [] })
    client = cluster.client
    for (const name of ['one', 'two']) await client.create(Namespace, { metadata: { name } } as never)
  }, 60_000)
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]()
  })

  it.each(rows)(
    'offers every operation on %s, in one namespace and across all',
    async (_, kind, content) => {
      const { group, version, plural, namespaced } = kind
      const groups = (await client.getPath('/apis')) as { groups: { name: string; versions: { version: string }[] }[] }
      expect(groups.groups.find(({ name }) => name === group)?.versions.map(each => each.version)).toContain(version)
      const one = (await client.getPath(`/apis/${group}`)) as { versions: { version: string }[] }
      expect(one.versions.map(each => each.version)).toContain(version)
      const resources = (await client.getPath(`/apis/${group}/${version}`)) as { resources: { name: string }[] }
      expect(resources.resources.map(({ name }) => name)).toContain(plural)

      const place = namespaced ? { namespace: 'one' } : {}
      const labelSelector = 'special-label=here'
      const create = () =>
        client.create(kind, { metadata: { ...place, generateName: 'example-', labels: { 'special-label': 'here' } }, ...content } as never)
      await create()
      await create()
      const { metadata } = await create()
      const key = { ...place, name: metadata.name }
      expect((await client.get(kind, key)).metadata.uid).toBe(metadata.uid)
      const list = (where: object) => client.list(kind, { ...where, labelSelector })
      const { items, metadata: at } = await list(place)
      expect([items.length, (await list({})).items.length]).toEqual([3, 3])

      const since = { labelSelector, resourceVersion: at.resourceVersion }
      await using here = watched(client, kind, { ...place, ...since })
      await using everywhere = watched(client, kind, since)
      const annotated = (name: string) => ({ metadata: { annotations: { [name]: 'true' } } })
      const patched = await client.patch(kind, key, { type: 'merge', body: annotated('patched') })
      expect(patched.metadata.annotations).toMatchObject({ patched: 'true' })
      const annotations = { ...patched.metadata.annotations, updated: 'true' }
      const updated = await client.update(kind, { ...patched, metadata: { ...patched.metadata, annotations } })
      expect(updated.metadata.annotations).toMatchObject({ patched: 'true', updated: 'true' })
      for (const watch of [here, everywhere])
        await watch.until(({ type, object }) => type === 'MODIFIED' && object.metadata.annotations?.['updated'] === 'true')

      await client.delete(kind, key)
      await missing(client.get(kind, key))
      for (const watch of [here, everywhere])
        await watch.until(({ type, object }) => type === 'DELETED' && object.metadata.name === metadata.name)
      expect((await list(place)).items.map(each => each.metadata.name)).not.toContain(metadata.name)
      await client.deleteCollection(kind, { ...place, labelSelector })
      expect((await list(place)).items).toEqual([])
    },
    60_000,
  )

  it('lets the status of an Ingress be read and written by itself', async () => {
    const created = await client.create(Ingress, {
      metadata: { namespace: 'one', name: 'with-status' },
      spec: { defaultBackend: backend },
    } as never)
    const key = { namespace: 'one', name: 'with-status' }
    const path = '/apis/networking.k8s.io/v1/namespaces/one/ingresses/with-status/status'
    const addressed = (ip: string) => ({ loadBalancer: { ingress: [{ ip }] } })
    const body = { metadata: { annotations: { patchedstatus: 'true' } }, status: addressed('169.1.1.1') }
    const patched = await client.patch(Ingress, key, { type: 'merge', subresource: 'status', body })
    expect(patched).toMatchObject({ metadata: { annotations: { patchedstatus: 'true' } }, status: addressed('169.1.1.1') })
    const updated = await client.updateStatus(Ingress, { ...patched, status: addressed('169.1.1.2') } as Ingress)
    expect(updated).toMatchObject({ status: addressed('169.1.1.2') })
    expect(await client.getPath(path)).toMatchObject({ metadata: { uid: created.metadata.uid }, status: addressed('169.1.1.2') })
  }, 60_000)

  it('sees Endpoints through their life', async () => {
    const labels = { 'test-endpoint-static': 'true' }
    const key = { namespace: 'one', name: 'testservice' }
    const labelSelector = 'test-endpoint-static=true'
    const { metadata: at } = await client.list(Endpoints, { labelSelector })
    await using watch = watched(client, Endpoints, { namespace: 'one', labelSelector, resourceVersion: at.resourceVersion })
    const subsets = [{ addresses: [{ ip: '10.0.0.24' }], ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }]
    const created = await client.create(Endpoints, { metadata: { ...key, labels }, subsets } as never)
    await watch.until(({ type }) => type === 'ADDED')
    expect((await client.list(Endpoints, { labelSelector })).items.map(({ metadata }) => metadata.name)).toEqual(['testservice'])
    const metadata = { ...created.metadata, labels: { ...labels, 'test-service': 'updated' } }
    await client.update(Endpoints, { ...created, metadata })
    await watch.until(({ type, object }) => type === 'MODIFIED' && object.metadata.labels?.['test-service'] === 'updated')
    const next = [{ addresses: [{ ip: '10.0.0.25' }], ports: [{ name: 'http-test', port: 8080 }] }]
    const body = { metadata: { labels: { 'test-service': 'patched' } }, subsets: next }
    const patched = await client.patch(Endpoints, key, { type: 'strategic', body })
    expect(BigInt(patched.metadata.resourceVersion)).toBeGreaterThan(BigInt(created.metadata.resourceVersion))
    await watch.until(({ type, object }) => type === 'MODIFIED' && object.metadata.labels?.['test-service'] === 'patched')
    const found = await client.get(Endpoints, key)
    expect(found.subsets).toEqual([{ addresses: [{ ip: '10.0.0.25' }], ports: [{ name: 'http-test', port: 8080, protocol: 'TCP' }] }])
    await client.deleteCollection(Endpoints, { namespace: 'one', labelSelector })
    await watch.until(({ type }) => type === 'DELETED')
    await missing(client.get(Endpoints, key))
  }, 60_000)

  it('sees the status of a Service through its life', async () => {
    const key = { namespace: 'one', name: 'test-service' }
    const labels = { 'test-service-static': 'true' }
    const labelSelector = 'test-service-static=true'
    const { metadata: at } = await client.list(Service, { labelSelector })
    await using watch = watched(client, Service, { namespace: 'one', labelSelector, resourceVersion: at.resourceVersion })
    const ports = [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 80 }]
    const spec = { type: 'LoadBalancer', ports, loadBalancerClass: 'example.com/internal-vip' }
    await client.create(Service, { metadata: { ...key, labels }, spec } as never)
    await watch.until(({ type }) => type === 'ADDED')
    const path = '/api/v1/namespaces/one/services/test-service/status'
    expect(await client.getPath(path)).toMatchObject({ metadata: { name: 'test-service' }, status: { loadBalancer: {} } })
    const ingress = [{ ip: '203.0.113.1' }]
    const annotated = { metadata: { annotations: { patchedstatus: 'true' } }, status: { loadBalancer: { ingress } } }
    await client.patch(Service, key, { type: 'merge', subresource: 'status', body: annotated })
    const shown = await watch.until(({ type, object }) => type === 'MODIFIED' && object.metadata.annotations?.['patchedstatus'] === 'true')
    expect(shown.object.status.loadBalancer.ingress).toMatchObject(ingress)
    const condition = { type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'Set from an e2e test' }
    const current = await client.get(Service, key)
    const conditions = [{ ...condition, lastTransitionTime: current.metadata.creationTimestamp }]
    await client.updateStatus(Service, { ...current, status: { ...current.status, conditions } } as never)
    const { object } = await watch.until(({ object }) => (object.status.conditions?.length ?? 0) > 0)
    expect(object.status).toMatchObject({ conditions: [condition], loadBalancer: { ingress } })
    const relabelled = { metadata: { labels: { 'test-service': 'patched' } } }
    await client.patch(Service, key, { type: 'strategic', body: relabelled })
    await watch.until(({ type, object }) => type === 'MODIFIED' && object.metadata.labels?.['test-service'] === 'patched')
    await client.delete(Service, key)
    await watch.until(({ type }) => type === 'DELETED')
  }, 60_000)

  it('deletes the Services that a label selects, and no others', async () => {
    const service = (name: string, label: string) =>
      client.create(Service, { metadata: { namespace: 'two', name, labels: { group: label } }, spec: { ports: [{ port: 80 }] } } as never)
    await Promise.all([service('a', 'go'), service('b', 'go'), service('c', 'stay')])
    await client.deleteCollection(Service, { namespace: 'two', labelSelector: 'group=go' })
    expect((await client.list(Service, { namespace: 'two' })).items.map(({ metadata }) => metadata.name)).toEqual(['c'])
  }, 60_000)

  it('finds the Service of the API server among those of all namespaces, with its endpoints', async () => {
    const { items } = await client.list(Service, {})
    const found = items.find(({ metadata }) => metadata.namespace === 'default' && metadata.name === 'kubernetes')
    expect(found?.spec.ports).toMatchObject([{ name: 'https', port: 443, protocol: 'TCP' }])
    const { subsets = [] } = await client.get(Endpoints, { namespace: 'default', name: 'kubernetes' })
    const slices = await client.list(EndpointSlice, { namespace: 'default', labelSelector: 'kubernetes.io/service-name=kubernetes' })
    const ips = subsets.flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip))
    expect(ips.length).toBeGreaterThan(0)
    expect(slices.items.flatMap(({ endpoints = [] }) => endpoints.flatMap(({ addresses }) => addresses))).toEqual(ips)
    const ports = subsets.flatMap(({ ports = [] }) => ports.map(({ name, port }) => ({ name, port })))
    expect(slices.items.flatMap(({ ports = [] }) => ports.map(({ name, port }) => ({ name, port })))).toEqual(ports)
    expect(found?.spec.ports?.[0]?.targetPort).toBe(ports[0]?.port)
  }, 60_000)
})
