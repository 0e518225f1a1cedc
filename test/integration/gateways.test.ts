import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parseAllDocuments } from 'yaml'
import { Namespace } from '../../api/core/namespace.ts'
import { Secret } from '../../api/core/secret.ts'
import { Service } from '../../api/core/service.ts'
import { apiVersionOf, type KubernetesObject } from '../../api/kind.ts'
import { findKindByName } from '../../api/kinds.ts'
import { discoverKinds } from '../../client/discovery.ts'
import { Gateway, HttpRoute } from '../../control-plane/controllers/gateway/gateway-types.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'

const namespace = 'default'
const group = 'gateway.networking.k8s.io'

describe('the Gateway API', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: [] })
    await cluster.client.create(Namespace, { metadata: { name: 'ingress' } } as never)
  }, 60_000)
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]()
  }, 60_000)

  const kindOf = ({ apiVersion, kind }: KubernetesObject) =>
    eventually(async () => {
      const [version = '', inGroup = ''] = apiVersion.split('/').reverse()
      const found = findKindByName(inGroup, version, kind)
      return found ?? (await discoverKinds(cluster.client)).find(each => each.kind === kind && apiVersionOf(each) === apiVersion)
    })
  const create = async (object: unknown) => cluster.client.create(await kindOf(object as KubernetesObject), object as never)
  const config = async () => {
    const secret = await cluster.client.get(Secret, { namespace: 'ingress', name: 'proxy-config' })
    return Buffer.from(secret.data?.['haproxy.cfg'] ?? '', 'base64').toString()
  }
  const short = (conditions: readonly { type: string; status: string; reason: string }[] = []) =>
    conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`)

  it('is defined by the add-on, and its class accepted', async () => {
    for (const file of ['addons/gateway-api.yaml', 'addons/gateway-class.yaml'])
      for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) await create(document.toJS())
  }, 60_000)

  it('gives a Gateway a Service, an address and a port of the proxy', async () => {
    const listeners = [{ name: 'http', port: 80, protocol: 'HTTP' }]
    await create({
      apiVersion: `${group}/v1`,
      kind: 'Gateway',
      metadata: { name: 'edge', namespace },
      spec: { gatewayClassName: 'kubeling', listeners },
    })
    const gateway = await eventually(async () => {
      const found = await cluster.client.get(Gateway, { namespace, name: 'edge' })
      return short(found.status?.conditions).includes('Programmed True Programmed') && found
    })
    const { items } = await cluster.client.list(Service, { namespace: 'ingress', labelSelector: `${group}/gateway-name=edge` })
    expect(items).toHaveLength(1)
    expect(gateway.status?.addresses).toEqual([{ type: 'IPAddress', value: items[0]?.spec.clusterIP }])
    expect(gateway.status?.listeners?.[0]?.attachedRoutes).toBe(0)
    expect(items[0]?.spec.ports?.[0]?.targetPort).toBe(20_000)
    expect(await config()).toContain('bind :20000')
  }, 60_000)

  it('serves routes, with the defaults of their definition, and tells them what is missing', async () => {
    const spec = { parentRefs: [{ name: 'edge' }], hostnames: ['edge.test'], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] }
    // In the version that many manifests have.
    await cluster.client.create({ ...HttpRoute, version: 'v1beta1' }, { metadata: { name: 'web', namespace }, spec } as never)
    await eventually(async () => {
      const { status } = await cluster.client.get(HttpRoute, { namespace, name: 'web' })
      return String(short(status?.parents?.[0]?.conditions)) === 'Accepted True Accepted,ResolvedRefs False BackendNotFound'
    })
    await eventually(async () => (await config()).includes('use_backend http-') && (await config()).includes('edge.test'))
    await cluster.client.create(Service, { metadata: { name: 'web', namespace }, spec: { ports: [{ port: 80 }] } } as never)
    await eventually(async () => {
      const { status } = await cluster.client.get(HttpRoute, { namespace, name: 'web' })
      return short(status?.parents?.[0]?.conditions).includes('ResolvedRefs True ResolvedRefs')
    })
  }, 60_000)

  it('takes everything away with the Gateway', async () => {
    await cluster.client.delete(Gateway, { namespace, name: 'edge' })
    await eventually(async () => !(await config()).includes('bind :20000'))
    await eventually(async () => (await cluster.client.list(Service, { namespace: 'ingress' })).items.length === 0)
    await eventually(async () => (await cluster.client.get(HttpRoute, { namespace, name: 'web' })).status?.parents?.length === 0)
  }, 60_000)
})
