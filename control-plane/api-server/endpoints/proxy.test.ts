import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTlsServer, request as requestTls } from 'node:https'
import { connect as connectTcp, type AddressInfo } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createAuthority, issueCertificate } from '../../../common/certificates.ts'
import { ownAddresses } from '../../addresses.ts'
import { startApiServer } from '../testing.ts'
import { rewrittenLocation } from './backend-proxy.ts'
import { splitSchemeNamePort } from './proxy-location.ts'

const own = ownAddresses()[0]
/** In the range of node n1, so that only its agent leads there. */
const inRange = '10.99.0.7'

const page = `<!doctype html><p>Zoë &amp; "/a"<a class=x href="/a?b=1&amp;c" title='/no'>/a</a><constructor href="/no"><img src=/i.png usemap='/m'>
<a href="b">b</a> <a href="//else/where">c</a> <a href="http://else/where">d</a> <script>let a = '<a href="/e">'</script>`

async function startCluster(own: string) {
  const seen: { url: string; headers: Record<string, unknown> }[] = []
  const answer: RequestListener = (request, response) => {
    seen.push({ url: request.url ?? '', headers: request.headers })
    if (request.url === '/away') response.writeHead(302, { Location: '/elsewhere?x=1' }).end()
    else if (request.url === '/bare') request.socket.end('HTTP/1.1 200 OK\nContent-Type: text/plain\n\nhello\n')
    else if (request.url === '/smuggles')
      request.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n')
    else if (/method/.test(request.url ?? '')) response.end(JSON.stringify({ method: request.method, url: request.url }))
    else if (request.url === '/page') response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page)
    else if (request.url === '/packed')
      response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': 'gzip' }).end(gzipSync(page))
    else if (request.url === '/fails') response.writeHead(500, { 'Access-Control-Allow-Origin': '*' }).end('failed')
    else if (request.url === '/') response.end('encrypted' in request.socket ? 'root by TLS' : 'root')
    else request.pipe(response.writeHead(200, { 'X-Path': request.url ?? '' }))
  }
  const backend = createServer(answer)
  backend.on('upgrade', (request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
    socket.pipe(socket)
  })
  backend.listen(0)
  await once(backend, 'listening')
  const { port } = backend.address() as AddressInfo
  const ca = await createAuthority('test')
  const secure = createTlsServer(await issueCertificate(ca, { commonName: 'anybody', usages: ['server'] }), answer)
  secure.listen(0)
  await once(secure, 'listening')
  const securePort = (secure.address() as AddressInfo).port
  const agent = createTlsServer({ ...(await issueCertificate(ca, { commonName: 'system:node:n1', usages: ['server'] })), ca: ca.cert })
  agent.on('connect', (request, socket) => {
    if (request.url === `${inRange}:1`) return socket.end('HTTP/1.1 502 Refused\r\nConnection: close\r\n\r\nconnect ECONNREFUSED\n')
    const inside = connectTcp({ host: '127.0.0.1', port })
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    socket.pipe(inside).pipe(socket)
    socket.on('error', () => inside.destroy())
    return undefined
  })
  agent.listen(0, '127.0.0.1')
  await once(agent, 'listening')
  const client = await issueCertificate(ca, { commonName: 'kube-apiserver-kubelet-client', usages: ['client'] })
  const server = await startApiServer({ kubeletClient: { ...client, ca: ca.cert } })
  const patch = (path: string, status: object) =>
    server.call('PATCH', `${path}/status`, { body: { status }, headers: { 'Content-Type': 'application/merge-patch+json' } })
  await server.call('POST', '/api/v1/nodes', { body: { metadata: { name: 'n1' }, spec: { podCIDR: '10.99.0.0/24' } } })
  await patch('/api/v1/nodes/n1', {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: (agent.address() as AddressInfo).port } },
  })
  const addresses = { direct: own, inside: inRange }
  for (const [name, ip] of Object.entries(addresses)) {
    await server.call('POST', '/api/v1/namespaces/default/pods', {
      body: { metadata: { name }, spec: { containers: [{ name: 'c', image: 'x', ports: [{ containerPort: port }] }] } },
    })
    await patch(`/api/v1/namespaces/default/pods/${name}`, { podIP: ip, podIPs: [{ ip }] })
  }
  const service = async (name: string, endpoints: object[]) => {
    const ports = [
      { name: 'web', port: 80, targetPort: port },
      { name: 'tls', port: 443, targetPort: securePort },
    ]
    await server.call('POST', '/api/v1/namespaces/default/services', { body: { metadata: { name }, spec: { ports } } })
    await server.call('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      body: {
        metadata: { name, labels: { 'kubernetes.io/service-name': name } },
        addressType: 'IPv4',
        endpoints,
        ports: [
          { name: 'web', port, protocol: 'TCP' },
          { name: 'tls', port: securePort, protocol: 'TCP' },
        ],
      },
    })
  }
  await service('good', [{ addresses: [own], targetRef: { kind: 'Pod', namespace: 'default', name: 'direct' } }])
  await service('unready', [{ addresses: [own], conditions: { ready: false }, targetRef: { kind: 'Pod', name: 'direct' } }])
  await service('forged', [{ addresses: [own], targetRef: { kind: 'Pod', namespace: 'default', name: 'inside' } }, { addresses: [own] }])
  return {
    ...server,
    seen,
    backendPort: port,
    securePort,
    async [Symbol.asyncDispose](): Promise<void> {
      await server[Symbol.asyncDispose]()
      for (const each of [backend, secure, agent]) {
        each.closeAllConnections()
        each.close()
      }
    },
  }
}

const describeReachable = own ? describe : describe.skip

describeReachable('proxies of pods and services', () => {
  let cluster: Awaited<ReturnType<typeof startCluster>>
  beforeAll(async () => {
    cluster = await startCluster(own ?? '')
  })
  afterAll(() => cluster[Symbol.asyncDispose]())
  const pods = '/api/v1/namespaces/default/pods'
  const services = '/api/v1/namespaces/default/services'

  it.each([
    ['a pod', `${pods}/direct/proxy/some/path/?q=a%20b`],
    ['a pod by port', () => `${pods}/direct:${cluster.backendPort}/proxy/some/path/?q=a%20b`],
    ['a pod in the range of a node', `${pods}/inside/proxy/some/path/?q=a%20b`],
    ['a service by name of its port', `${services}/good:web/proxy/some/path/?q=a%20b`],
    ['a service by number of its port', `${services}/http:good:80/proxy/some/path/?q=a%20b`],
  ])('lead to %s', async (_, path) => {
    const { status, text, headers } = await cluster.call('POST', typeof path === 'string' ? path : path(), { body: 'hello' })
    expect([status, text, headers['x-path']]).toEqual([200, 'hello', '/some/path/?q=a%20b'])
  })

  it.each([
    ['a pod', () => `${pods}/https:direct:${cluster.securePort}/proxy/`],
    ['a service by name of its port', () => `${services}/https:good:tls/proxy/`],
    ['a service by number of its port', () => `${services}/https:good:443/proxy/`],
  ])('speak TLS to %s when asked to, whoever answers', async (_, path) => {
    const { status, text } = await cluster.call('GET', path())
    expect([status, text]).toEqual([200, 'root by TLS'])
  })

  const targets = [`${pods}/direct`, `${services}/good:web`]
  const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']
  const everyMethod = targets.flatMap(target => methods.map(method => [method, target] as const))
  it.each(everyMethod)('hand on %s to a path of %s', async (method, target) => {
    const { status, text } = await cluster.call(method, `${target}/proxy/method/with/${method}`)
    expect([status, text]).toEqual([200, method === 'HEAD' ? '' : JSON.stringify({ method, url: `/method/with/${method}` })])
  })
  it.each(everyMethod)(
    'hand on %s to the root of %s, unless the client is to ask for the root by a slash first',
    async (method, target) => {
      const { status, headers, text } = await cluster.call(method, `${target}/proxy?method=${method}`)
      const redirected = ['GET', 'HEAD'].includes(method)
      expect([status, headers['location']]).toEqual(redirected ? [301, `${target}/proxy/?method=${method}`] : [200, undefined])
      if (!redirected) expect(text).toBe(JSON.stringify({ method, url: `/?method=${method}` }))
    },
  )

  it.each([
    ['as they are', '/page', (bytes: Buffer) => bytes],
    ['compressed ones too', '/packed', gunzipSync],
  ])('lead links of pages below their own path (%s)', async (_, path, unpacked) => {
    const { headers, bytes } = await cluster.call('GET', `${services}/good:web/proxy${path}`)
    const below = `${services}/good:web/proxy`
    const expected = page.replace('"/a?', `"${below}/a?`).replace('=/i', `=${below}/i`).replace("'/m", `'${below}/m`)
    expect(unpacked(bytes).toString()).toBe(expected)
    expect(headers).not.toHaveProperty('content-length')
    expect((await cluster.call('HEAD', `${services}/good:web/proxy${path}`)).status).toBe(200)
  })

  it('say where a body ends, whatever the method', async () => {
    const path = `${pods}/direct/proxy/body`
    const outgoing = requestTls({ port: cluster.port, host: '127.0.0.1', ca: cluster.ca.cert, method: 'DELETE', path })
    outgoing.setHeader('Transfer-Encoding', 'chunked')
    outgoing.end('hello')
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    expect([incoming.statusCode, await textOf(incoming)]).toEqual([200, 'hello'])
  })

  it('keep credentials to themselves and say where they come from', async () => {
    await cluster.call('GET', `${pods}/direct/proxy/headers`, { headers: { Authorization: 'Bearer x', 'X-Own': '1' } })
    expect(cluster.seen.at(-1)?.headers).toMatchObject({ 'x-own': '1', 'x-forwarded-uri': `${pods}/direct/proxy/headers` })
    expect(cluster.seen.at(-1)?.headers).not.toHaveProperty('authorization')
  })

  it('rewrite redirects, and redirect to the root themselves', async () => {
    const away = await cluster.call('GET', `${services}/good:web/proxy/away`)
    expect([away.status, away.headers['location']]).toEqual([302, `${services}/good:web/proxy/elsewhere?x=1`])
    const root = await cluster.call('GET', `${services}/good:web/proxy`)
    expect([root.status, root.headers['location']]).toEqual([301, `${services}/good:web/proxy/`])
  })

  it('hand on the whole query, marks in it too', async () => {
    const { headers } = await cluster.call('GET', `${pods}/direct/proxy/page?a?b=c?`)
    expect(headers['x-path']).toBe('/page?a?b=c?')
  })

  it('read lines that end as small servers end them, and believe no length beside chunks', async () => {
    const get = (page: string) => cluster.call('GET', `${pods}/direct/proxy/${page}`)
    expect(await get('bare')).toMatchObject({ status: 200, text: 'hello\n' })
    expect(await get('smuggles')).toMatchObject({ status: 200, text: 'hello', headers: { 'transfer-encoding': 'chunked' } })
  })

  it("pass on failures, without the backend's leave for other origins", async () => {
    const { status, text, headers } = await cluster.call('GET', `${pods}/direct/proxy/fails`)
    expect([status, text, headers['access-control-allow-origin']]).toEqual([500, 'failed', undefined])
  })

  it.each([
    [`${services}/none/proxy/`, 404, 'services "none" not found'],
    [`${services}/good/proxy/`, 503, 'no endpoints available for service "good"'],
    [`${services}/good:81/proxy/`, 503, 'no service port 81 found for service "good"'],
    [`${services}/unready:web/proxy/`, 503, 'no endpoints available for service "unready"'],
    [`${services}/forged:web/proxy/`, 503, 'no endpoints available for service "forged"'],
    [`${services}/ftp:good:web/proxy/`, 400, 'invalid service request "ftp:good:web"'],
    [`${pods}/none:80/proxy/`, 404, 'pods "none" not found'],
    [`${pods}/inside:1/proxy/`, 503, 'error trying to reach service: dial tcp 10.99.0.7:1: connect ECONNREFUSED'],
  ])('refuse %s', async (path, code, message) => {
    const { status, body } = await cluster.call('GET', path)
    expect([status, body['message']]).toEqual([code, message])
  })

  it('join upgraded connections', async () => {
    const socket = connect({ port: cluster.port, host: '127.0.0.1', ca: cluster.ca.cert })
    socket.write(`GET ${pods}/inside/proxy/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n`)
    let received = ''
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()))
    while (!received.includes('\r\n\r\n')) await once(socket, 'data')
    socket.write('ping')
    while (!received.endsWith('ping')) await once(socket, 'data')
    socket.destroy()
    expect(received).toMatch(/^HTTP\/1.1 101/)
  })
})

describe('names of backends', () => {
  it.each([
    ['web', { scheme: 'http', name: 'web', port: '' }],
    ['web:80', { scheme: 'http', name: 'web', port: '80' }],
    ['https:web:', { scheme: 'https', name: 'web', port: '' }],
    [':80', undefined],
    ['a:b:c:d', undefined],
  ])('%s', (id, parts) => expect(splitSchemeNamePort(id)).toEqual(parts))
})

describe('redirects', () => {
  it.each([
    ['/a?b', '/p/a?b'],
    ['/p/a', '/p/a'],
    ['relative', 'relative'],
    ['http://other/a', 'http://other/a'],
    ['https://me:1/a', '/p/a'],
  ])('%s become %s', (location, expected) => expect(rewrittenLocation(location, { prefix: '/p', host: 'me:1' })).toBe(expected))
})
