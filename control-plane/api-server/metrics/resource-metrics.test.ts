import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createAuthority, issueCertificate } from '../../../common/certificates.ts'
import { startApiServer } from '../testing.ts'

/** An API server with one node, whose agent measures growing sums for the pod `web` of two containers. */
async function startMeasured() {
  const ca = await createAuthority('test')
  const serving = await issueCertificate(ca, { commonName: 'system:node:n1', usages: ['server'] })
  const client = await issueCertificate(ca, { commonName: 'kube-apiserver-kubelet-client', usages: ['client'] })
  let looks = 0
  const agent = createServer({ ...serving, ca: ca.cert, requestCert: true }, (request, response) => {
    const time = new Date(Date.parse('2030-01-01T00:00:00Z') + 20_000 * ++looks).toISOString()
    const measured = (cores: number, memory: number) => ({
      cpu: { time, usageCoreNanoSeconds: looks * 20e9 * cores },
      memory: { workingSetBytes: memory },
    })
    const containers = [
      { name: 'a', ...measured(0.25, 2 ** 20) },
      { name: 'b', ...measured(0.001, 1000) },
    ]
    const pods = [{ podRef: { name: 'web', namespace: 'default' }, containers }]
    const asked = request.url === '/stats/summary?only_cpu_and_memory=true'
    response.writeHead(asked ? 200 : 404).end(JSON.stringify({ node: measured(1.5, 3 * 2 ** 30), pods }))
  })
  agent.listen(0, '127.0.0.1')
  await once(agent, 'listening')
  const server = await startApiServer({ kubeletClient: { ...client, ca: ca.cert } })
  const { port } = agent.address() as AddressInfo
  await server.call('POST', '/api/v1/nodes', { body: { metadata: { name: 'n1', labels: { disk: 'ssd' } } } })
  await server.call('PATCH', '/api/v1/nodes/n1/status', {
    body: {
      status: { addresses: [{ type: 'InternalIP', address: '127.0.0.1' }], daemonEndpoints: { kubeletEndpoint: { Port: port } } },
    },
    headers: { 'Content-Type': 'application/merge-patch+json' },
  })
  for (const name of ['web', 'unmeasured']) {
    await server.call('POST', '/api/v1/namespaces/default/pods', {
      body: { metadata: { name, labels: { app: name } }, spec: { nodeName: 'n1', containers: [{ name: 'a', image: 'busybox' }] } },
    })
  }
  return {
    ...server,
    async [Symbol.asyncDispose](): Promise<void> {
      await server[Symbol.asyncDispose]()
      agent.closeAllConnections()
      agent.close()
    },
  }
}

const metrics = '/apis/metrics.k8s.io/v1beta1'

describe('metrics.k8s.io', () => {
  let server: Awaited<ReturnType<typeof startMeasured>>
  beforeAll(async () => {
    server = await startMeasured()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it('shows what nodes use', async () => {
    const { status, body } = await server.call('GET', `${metrics}/nodes`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ kind: 'NodeMetricsList', apiVersion: 'metrics.k8s.io/v1beta1' })
    expect(body['items']).toEqual([
      {
        metadata: { name: 'n1', creationTimestamp: expect.any(String), labels: expect.objectContaining({ disk: 'ssd' }) },
        timestamp: expect.stringMatching(/^2030-01-01T/),
        window: expect.stringMatching(/^\d+s$/),
        usage: { cpu: '1500m', memory: '3Gi' },
      },
    ])
  })

  it('shows what the containers of a pod use', async () => {
    const { body } = await server.call('GET', `${metrics}/namespaces/default/pods/web`)
    expect(body).toMatchObject({
      kind: 'PodMetrics',
      metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
      containers: [
        { name: 'a', usage: { cpu: '250m', memory: '1Mi' } },
        { name: 'b', usage: { cpu: '1m', memory: '1k' } },
      ],
    })
  })

  it('lists by labels, by fields and by namespace, and leaves out what is not measured', async () => {
    const names = async (query: string) => {
      const { body } = await server.call('GET', `${metrics}/${query}`)
      return (body['items'] as unknown as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name)
    }
    expect(await names('pods')).toEqual(['web'])
    expect(await names('pods?labelSelector=app%3Dweb')).toEqual(['web'])
    expect(await names('pods?labelSelector=app%3Dother')).toEqual([])
    expect(await names('pods?fieldSelector=metadata.name%3Dother')).toEqual([])
    expect(await names('namespaces/kube-system/pods')).toEqual([])
    expect(await names('nodes?labelSelector=disk%3Dssd')).toEqual(['n1'])
  })

  it('shows tables', async () => {
    const { body } = await server.call('GET', `${metrics}/namespaces/default/pods`, {
      headers: { Accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' },
    })
    expect((body['columnDefinitions'] as unknown as { name: string }[]).map(({ name }) => name)).toEqual([
      'Name',
      'cpu',
      'memory',
      'Window',
    ])
    expect(body['rows']).toMatchObject([{ cells: ['web', '251m', expect.stringMatching(/^1049576$/), expect.stringMatching(/s$/)] }])
  })

  it('says as metrics-server what it does not know', async () => {
    const message = async (path: string) => {
      const { status, body } = await server.call('GET', `${metrics}/${path}`)
      return [status, body['message']]
    }
    expect(await message('nodes/none')).toEqual([404, 'nodes "none" not found'])
    expect(await message('namespaces/default/pods/none')).toEqual([404, 'pods "default/none" not found'])
    expect(await message('namespaces/default/pods/unmeasured')).toEqual([404, 'podmetrics.metrics.k8s.io "default/unmeasured" not found'])
    const { status } = await server.call('DELETE', `${metrics}/nodes/n1`)
    expect(status).toBe(405)
  })

  it('is in discovery and OpenAPI', async () => {
    const { body } = await server.call('GET', metrics)
    expect(body['resources']).toEqual([
      { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
      { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
    ])
    const openApi = await server.call('GET', '/openapi/v3/apis/metrics.k8s.io/v1beta1')
    expect(Object.keys(openApi.body['paths'] as unknown as object)).toContain('/apis/metrics.k8s.io/v1beta1/nodes/{name}')
  })
})
