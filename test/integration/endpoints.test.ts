import { describe, expect, it } from '@jest/globals'
import { Endpoints } from '../../api/core/endpoints.ts'
import { Service } from '../../api/core/service.ts'
import { EndpointSlice } from '../../api/discovery/endpoint-slice.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'

const namespace = 'default'

describe('endpoints that no pod stands behind', () => {
  it('are shown as slices, which follow them, and go with them; slices of others are left alone', async () => {
    await using cluster = await startHollowCluster({ nodes: [] })
    const { client } = cluster
    const slices = async () => (await client.list(EndpointSlice, { namespace, labelSelector: 'kubernetes.io/service-name=external' })).items
    const addresses = async () => (await slices()).flatMap(({ endpoints = [] }) => endpoints.flatMap(each => each.addresses)).sort()
    await client.create(Service, { metadata: { name: 'external', namespace }, spec: { ports: [{ port: 80 }] } } as never)
    const by = 'endpointslice.kubernetes.io/managed-by'
    const own = { name: 'external-own', namespace, labels: { 'kubernetes.io/service-name': 'external', [by]: 'me' } }
    await client.create(EndpointSlice, { metadata: own, addressType: 'IPv4', endpoints: [{ addresses: ['192.168.1.99'] }] } as never)
    const metadata = { name: 'external', namespace, labels: { team: 'a' }, annotations: { note: 'mine' } }
    const subsets = [{ addresses: [{ ip: '192.168.1.100' }], ports: [{ port: 8080 }] }]
    const endpoints = await client.create(Endpoints, { metadata, subsets } as never)
    await eventually(async () => (await addresses()).join() === '192.168.1.100,192.168.1.99', { what: 'a mirror' })
    const mirror = (await slices()).find(slice => slice.metadata.labels?.[by] === 'endpointslicemirroring-controller.k8s.io')
    expect(mirror?.metadata).toMatchObject({ labels: { team: 'a' }, annotations: { note: 'mine' }, generateName: 'external-' })
    expect(mirror?.metadata.ownerReferences).toMatchObject([{ kind: 'Endpoints', name: 'external', controller: true }])
    expect(mirror?.ports).toEqual([{ name: '', port: 8080, protocol: 'TCP' }])
    const more = [{ addresses: [{ ip: '192.168.1.100' }, { ip: '192.168.1.101' }], ports: [{ port: 8080 }] }]
    await client.update(Endpoints, { ...endpoints, subsets: more as never })
    await eventually(async () => (await addresses()).length === 3, { what: 'the second address' })
    expect((await slices()).map(slice => slice.metadata.name).sort()).toEqual([mirror?.metadata.name, 'external-own'].sort())
    await client.delete(Endpoints, { namespace, name: 'external' })
    await eventually(async () => (await addresses()).join() === '192.168.1.99', { what: 'its end' })
  }, 120_000)
})

describe('a health check node port', () => {
  it('is given to load balancers that keep traffic on the node, once, and taken back', async () => {
    await using cluster = await startHollowCluster({ nodes: [] })
    const { client } = cluster
    const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80 }] }
    const created = await client.create(Service, { metadata: { name: 'web', namespace }, spec } as never)
    const port = created.spec.healthCheckNodePort ?? 0
    expect(port).toBeGreaterThanOrEqual(30000)
    expect(port).not.toBe(created.spec.ports?.[0]?.nodePort)
    const again = { ...spec, healthCheckNodePort: port }
    await expect(client.create(Service, { metadata: { name: 'other', namespace }, spec: again } as never)).rejects.toThrow(
      `failed to allocate requested HealthCheck NodePort ${port}: provided port is already allocated`,
    )
    const changed = { spec: { externalTrafficPolicy: 'Cluster' } }
    const updated = await client.patch(Service, { namespace, name: 'web' }, { type: 'merge', body: changed })
    expect(updated.spec.healthCheckNodePort).toBeUndefined()
    expect((await client.create(Service, { metadata: { name: 'other', namespace }, spec: again } as never)).spec.healthCheckNodePort).toBe(
      port,
    )
  }, 120_000)
})
