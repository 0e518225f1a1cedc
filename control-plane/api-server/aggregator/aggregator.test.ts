import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createAuthority, issueCertificate } from '../../../common/certificates.ts'
import { eventually } from '../../../test/support/eventually.ts'
import { ownAddresses } from '../../addresses.ts'
import { startApiServer } from '../testing.ts'

const own = ownAddresses()[0]
const resources = [
  { name: 'flunders', singularName: 'flunder', namespaced: true, kind: 'Flunder', verbs: ['get', 'list', 'watch'], shortNames: ['fl'] },
  { name: 'flunders/status', singularName: '', namespaced: true, kind: 'Flunder', verbs: ['get'] },
]
const group = '/apis/wardle.example.com'

/** Another API server, which trusts the front proxy and tells who came. */
async function startOther(frontProxyCa: string, serving: { cert: string; key: string }): Promise<Server> {
  const other = createServer({ ...serving, ca: frontProxyCa, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    const { headers, socket, url } = request
    const proxy = socket as TLSSocket
    if (!proxy.authorized) return response.writeHead(401).end('Unauthorized')
    if (url === `${group}/v1`)
      return response.end(JSON.stringify({ kind: 'APIResourceList', groupVersion: 'wardle.example.com/v1', resources }))
    if (url?.includes('watch=true')) {
      response.write('{"type":"ADDED"}\n')
      return setTimeout(() => response.end('{"type":"DELETED"}\n'), 50)
    }
    const who = { user: headers['x-remote-user'], groups: headers['x-remote-group'], token: headers.authorization ?? null }
    return response.end(JSON.stringify({ ...who, url, by: proxy.getPeerCertificate().subject.CN }))
  })
  other.on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
    socket.pipe(socket)
  })
  other.listen(0)
  await once(other, 'listening')
  return other
}

async function start(own: string) {
  const frontProxyCa = await createAuthority('front-proxy-ca')
  const client = await issueCertificate(frontProxyCa, { commonName: 'front-proxy-client', usages: ['client'] })
  const ca = await createAuthority('other-ca')
  const serving = await issueCertificate(ca, { commonName: 'other', names: ['api.default.svc'], usages: ['server'] })
  const other = await startOther(frontProxyCa.cert, serving)
  const server = await startApiServer({ frontProxy: { ...client, ca: frontProxyCa.cert } })
  const { port } = other.address() as AddressInfo
  await server.call('POST', '/api/v1/namespaces/default/services', {
    body: { metadata: { name: 'api' }, spec: { ports: [{ port: 443 }] } },
  })
  return {
    ...server,
    caBundle: Buffer.from(ca.cert).toString('base64'),
    addEndpoints: () =>
      server.call('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
        body: {
          metadata: { name: 'api', labels: { 'kubernetes.io/service-name': 'api' } },
          addressType: 'IPv4',
          endpoints: [{ addresses: [own] }],
          ports: [{ name: '', port }],
        },
      }),
    async [Symbol.asyncDispose](): Promise<void> {
      await server[Symbol.asyncDispose]()
      other.closeAllConnections()
      other.close()
    },
  }
}

const describeReachable = own ? describe : describe.skip

describeReachable('API aggregation', () => {
  let server: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    server = await start(own ?? '')
  })
  afterAll(() => server[Symbol.asyncDispose]())
  const apiServices = '/apis/apiregistration.k8s.io/v1/apiservices'
  const conditionOf = async (name: string, reason: string) =>
    eventually(async () => {
      const { body } = await server.call('GET', `${apiServices}/${name}`)
      const [condition] = (body['status'] as unknown as { conditions?: Record<string, string>[] }).conditions ?? []
      return condition?.['reason'] === reason && condition
    })

  it('has an APIService for every version of its own', async () => {
    expect(await conditionOf('v1.apps', 'Local')).toMatchObject({
      type: 'Available',
      status: 'True',
      message: 'Local APIServices are always available',
    })
    const { body } = await server.call('GET', `${apiServices}/v1.`)
    expect(body).toMatchObject({
      metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: { version: 'v1', groupPriorityMinimum: 18_000, versionPriority: 1 },
    })
    const metrics = await server.call('GET', `${apiServices}/v1beta1.metrics.k8s.io`)
    expect(metrics.status).toBe(200)
  })

  it('says why another server is not available, and answers 503', async () => {
    const spec = {
      group: 'wardle.example.com',
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 15,
      service: { name: 'api', namespace: 'default' },
      caBundle: server.caBundle,
    }
    const created = await server.call('POST', apiServices, { body: { metadata: { name: 'v1.wardle.example.com' }, spec } })
    expect(created.status).toBe(201)
    await conditionOf('v1.wardle.example.com', 'EndpointsNotFound')
    const { status, text } = await server.call('GET', `${group}/v1/namespaces/default/flunders`)
    expect([status, text]).toEqual([503, 'service unavailable\n'])
    const { body } = await server.call('GET', '/apis', {
      headers: { Accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
    })
    expect((body['items'] as unknown as object[]).at(-1)).toMatchObject({
      metadata: { name: 'wardle.example.com' },
      versions: [{ version: 'v1', resources: [], freshness: 'Stale' }],
    })
  })

  it('proxies to it as soon as it answers, with the name of the user', async () => {
    await server.addEndpoints()
    expect(await conditionOf('v1.wardle.example.com', 'Passed')).toMatchObject({ status: 'True', message: 'all checks passed' })
    const { status, body } = await server.call('GET', `${group}/v1/namespaces/default/flunders?limit=1`, {
      headers: { Authorization: 'Bearer secret', 'X-Remote-User': 'forged' },
    })
    expect([status, body]).toEqual([
      200,
      {
        user: 'kubernetes-admin',
        groups: 'system:masters, system:authenticated',
        token: null,
        url: `${group}/v1/namespaces/default/flunders?limit=1`,
        by: 'front-proxy-client',
      },
    ])
  })

  it('brings what it serves into discovery', async () => {
    const plain = await server.call('GET', group)
    expect(plain.body).toMatchObject({ kind: 'APIGroup', name: 'wardle.example.com', preferredVersion: { version: 'v1' } })
    const all = await server.call('GET', '/apis')
    expect((all.body['groups'] as unknown as { name: string }[]).map(({ name }) => name).slice(-2)).toEqual([
      'metrics.k8s.io',
      'wardle.example.com',
    ])
    const version = await server.call('GET', `${group}/v1`)
    expect(version.body['resources']).toEqual(resources)
    const { body } = await server.call('GET', '/apis', {
      headers: { Accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
    })
    expect((body['items'] as unknown as object[]).at(-1)).toMatchObject({
      versions: [
        { freshness: 'Current', resources: [{ resource: 'flunders', scope: 'Namespaced', subresources: [{ subresource: 'status' }] }] },
      ],
    })
  })

  it('keeps what others say in the status, and is changed, labelled and found as any object', async () => {
    const path = `${apiServices}/v1.wardle.example.com`
    const merge = { 'Content-Type': 'application/merge-patch+json' }
    const read = await server.call('GET', `${path}/status`)
    const { conditions } = read.body['status'] as unknown as { conditions: object[] }
    const own = { type: 'StatusUpdated', status: 'True', reason: 'E2E', message: 'Set by an e2e test' }
    const put = await server.call('PUT', `${path}/status`, { body: { ...read.body, status: { conditions: [...conditions, own] } } })
    expect(put.status).toBe(200)
    const changed = await server.call('PATCH', path, {
      body: { metadata: { labels: { e2e: 'patched' } }, spec: { versionPriority: 400 } },
      headers: merge,
    })
    expect(changed.body['spec']).toMatchObject({ versionPriority: 400 })
    expect((await conditionOf('v1.wardle.example.com', 'Passed'))['status']).toBe('True')
    const { body } = await server.call('GET', `${apiServices}?labelSelector=e2e%3Dpatched`)
    expect(body['items']).toMatchObject([
      { metadata: { name: 'v1.wardle.example.com' }, status: { conditions: [{ type: 'Available', message: 'all checks passed' }, own] } },
    ])
  })

  it('carries watches and upgrades', async () => {
    const events = server.watch(`${group}/v1/flunders?watch=true`)
    expect([(await events.next()).value, (await events.next()).value]).toEqual([{ type: 'ADDED' }, { type: 'DELETED' }])
    await events.return(undefined)
    const socket = connect({ port: server.port, host: '127.0.0.1', ca: server.ca.cert })
    socket.write(`GET ${group}/v1/echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n`)
    let received = ''
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()))
    while (!received.includes('\r\n\r\n')) await once(socket, 'data')
    socket.write('ping')
    while (!received.endsWith('ping')) await once(socket, 'data')
    socket.destroy()
  })

  it('does not send requests to a server that its caBundle does not trust', async () => {
    const stranger = Buffer.from((await createAuthority('stranger')).cert).toString('base64')
    const patched = await server.call('PATCH', `${apiServices}/v1.wardle.example.com`, {
      body: { spec: { caBundle: stranger } },
      headers: { 'Content-Type': 'application/merge-patch+json' },
    })
    expect(patched.status).toBe(200)
    const { status, text } = await server.call('GET', `${group}/v1/flunders`)
    expect([status, text]).toEqual([503, expect.stringContaining('error trying to reach service: ')])
  })

  it('is gone when it is deleted by its labels', async () => {
    expect(await server.call('DELETE', `${apiServices}?labelSelector=e2e%3Dpatched`)).toMatchObject({ status: 200 })
    expect(await server.call('GET', `${apiServices}/v1.wardle.example.com`)).toMatchObject({ status: 404 })
    await eventually(async () => (await server.call('GET', `${group}/v1/namespaces/default/flunders`)).status === 404)
  })

  it('says to other servers whom to trust', async () => {
    const { body } = await server.call('GET', '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication')
    expect(body['data']).toMatchObject({
      'client-ca-file': expect.stringContaining('BEGIN CERTIFICATE'),
      'requestheader-client-ca-file': expect.stringContaining('BEGIN CERTIFICATE'),
      'requestheader-username-headers': '["X-Remote-User"]',
    })
  })
})
