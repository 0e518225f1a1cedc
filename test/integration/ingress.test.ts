import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parseAllDocuments } from 'yaml'
import { Event } from '../../api/core/event.ts'
import { Secret } from '../../api/core/secret.ts'
import { Service } from '../../api/core/service.ts'
import type { KubernetesObject } from '../../api/kind.ts'
import { findKindByName } from '../../api/kinds.ts'
import { Ingress } from '../../api/networking/ingress.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'

const namespace = 'default'
const config = { namespace: 'ingress', name: 'proxy-config' }

describe('the ingress controller', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: ['node-1'] })
  }, 60_000)
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]()
  }, 60_000)

  const file = async (name: string) => {
    const secret = await cluster.client.get(Secret, config)
    return Buffer.from(secret.data?.[name] ?? '', 'base64').toString()
  }
  const configured = (pattern: RegExp) =>
    eventually(async () => pattern.exec(await file('haproxy.cfg')) ?? undefined, { what: `a configuration with ${pattern}` })
  const messages = async () =>
    (await cluster.client.list(Event, { namespace })).items.map(({ type, reason, message }) => `${type} ${reason}: ${message}`)

  it('configures a proxy as soon as the add-on is there', async () => {
    for (const document of parseAllDocuments(readFileSync('addons/ingress.yaml', 'utf8'))) {
      const object = document.toJS() as KubernetesObject
      const [version = '', group = ''] = object.apiVersion.split('/').reverse()
      const kind = findKindByName(group, version, object.kind)
      if (!kind) throw new Error(`${object.kind} is not served`)
      await cluster.client.create(kind, object)
    }
    await configured(/frontend https\n {2}bind :443 ssl/)
    expect(await file('fallback.pem')).toContain('PRIVATE KEY')
  })

  it('serves ingresses of the default class, and tells of what is wrong with them', async () => {
    await cluster.client.create(Ingress, {
      metadata: { name: 'web', namespace },
      spec: {
        rules: [
          {
            host: 'web.test',
            http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] },
          },
        ],
      },
    } as never)
    await configured(/use_backend \S+ if \{ var\(txn\.host\) -m str -- web\.test \}/)
    await eventually(async () => {
      const all = await messages()
      return all.includes('Normal Sync: Scheduled for sync') && all.includes('Warning Misconfigured: service "default/web" not found')
    })
    expect((await cluster.client.get(Ingress, { namespace, name: 'web' })).spec.ingressClassName).toBe('kubeling')
  })

  it('follows Services and their endpoints', async () => {
    const { spec } = await cluster.client.create(Service, {
      metadata: { name: 'web', namespace },
      spec: { ports: [{ port: 80 }] },
    } as never)
    await cluster.client.create(findKindByName('discovery.k8s.io', 'v1', 'EndpointSlice') ?? Service, {
      metadata: { name: 'web-1', namespace, labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      ports: [{ name: '', port: 8080 }],
      endpoints: [{ addresses: ['10.244.0.9'] }],
    } as never)
    await configured(new RegExp(`server s0 ${spec.clusterIP}:80 weight 1`))
  })

  it('publishes where the proxy is reached', async () => {
    const key = { namespace: 'ingress', name: 'ingress-proxy' }
    const published = [{ ip: '192.0.2.7' }, { hostname: 'edge.test' }]
    await cluster.client.patch(Service, key, {
      type: 'merge',
      subresource: 'status',
      body: { status: { loadBalancer: { ingress: published } } },
    })
    await eventually(async () => {
      const { status } = await cluster.client.get(Ingress, { namespace, name: 'web' })
      return status.loadBalancer.ingress?.length === 2 && status.loadBalancer.ingress[0]?.ip === '192.0.2.7'
    })
  })

  it('puts its configuration right when somebody changes it, and keeps the certificate of the rest', async () => {
    const fallback = await file('fallback.pem')
    await cluster.client.patch(Secret, config, { type: 'merge', body: { data: { 'haproxy.cfg': 'Cg==' } } })
    await configured(/web\.test/)
    expect(await file('fallback.pem')).toBe(fallback)
  })

  it('forgets ingresses that are gone', async () => {
    await cluster.client.delete(Ingress, { namespace, name: 'web' })
    await eventually(async () => !(await file('haproxy.cfg')).includes('web.test'))
  })
})
