import { Agent, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Event } from '../../api/core/event.ts'
import type { Node } from '../../api/core/node.ts'
import type { Service } from '../../api/core/service.ts'
import type { Ingress } from '../../api/networking/ingress.ts'
import { createAuthority, issueCertificate } from '../../common/certificates.ts'
import { eventually } from '../support/eventually.ts'
import { kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'
import { gatewayTests } from './gateways.ts'

const kubectl = kubectlOfCluster()
const namespace = 'e2e-ingress'
const in_ = `-n ${namespace}`

/** Pods that say their name and the path they were asked for, and a Service in front of them. */
const backend = (name: string, replicas = 1) => [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: 'main',
              image: 'nginx:1.27',
              command: ['sh', '-c'],
              args: [
                `echo 'server { listen 8080; location / { return 200 "${name} $request_uri $http_x_forwarded_proto\\n"; } }' > /etc/nginx/conf.d/default.conf; exec nginx -g 'daemon off;'`,
              ],
              readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  },
]
const path = (service: string, text: string, pathType = 'Prefix', port: object = { number: 80 }) => ({
  path: text,
  pathType,
  backend: { service: { name: service, port } },
})
const ingress = (name: string, spec: object, annotations = {}) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, annotations },
  spec,
})
const apply = (...items: object[]) => kubectl(`apply ${in_} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
const get = async <O>(what: string, where = namespace) => JSON.parse(await kubectl(`get ${what} -n ${where} -o json`)) as O

describe('ingresses', () => {
  let own: AsyncDisposable
  let [address, httpPort, httpsPort] = ['', 0, 0]
  let authority: Awaited<ReturnType<typeof createAuthority>>

  beforeAll(async () => {
    authority = await createAuthority('e2e')
    own = await ownNamespace(kubectl, namespace)
    await kubectl('apply -f addons/ingress.yaml')
    await apply(...backend('one'), ...backend('two'))
    const { items } = JSON.parse(await kubectl('get nodes -o json')) as { items: Node[] }
    const node = items.find(({ metadata }) => metadata.name === 'node-1')
    address = node?.status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? ''
    const { spec } = await get<Service>('service ingress-proxy', 'ingress')
    const nodePort = (name: string) => spec.ports?.find(port => port.name === name)?.nodePort ?? 0
    ;[httpPort, httpsPort] = [nodePort('http'), nodePort('https')]
    await kubectl('wait --for=condition=Available deployment ingress-proxy -n ingress --timeout=90s', { timeoutSeconds: 100 })
    for (const name of ['one', 'two'])
      await kubectl(`wait --for=condition=Available deployment ${name} ${in_} --timeout=60s`, { timeoutSeconds: 70 })
  }, 240_000)
  afterAll(async () => {
    await kubectl('delete -f addons/ingress.yaml --timeout=60s', { timeoutSeconds: 70 })
    await own[Symbol.asyncDispose]()
  }, 180_000)

  interface Answer {
    readonly status: number
    readonly body: string
    readonly location: string
  }
  function ask(host: string, where = '/', { tls = false, agent = undefined as Agent | undefined } = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: address, path: where, headers: { Host: host }, timeout: 5000, ...(agent ? { agent } : {}) }
      const outgoing = tls
        ? httpsRequest({ ...options, port: httpsPort, servername: host, ca: authority.cert })
        : httpRequest({ ...options, port: httpPort })
      outgoing.on('response', incoming => {
        let body = ''
        incoming.on('data', (chunk: Buffer) => (body += chunk.toString()))
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, body: body.trim(), location: incoming.headers.location ?? '' }),
        )
      })
      outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')))
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // A kept connection may be closed while it is idle, as every client of keep-alive has to expect.
        if (outgoing.reusedSocket && error.code === 'ECONNRESET') ask(host, where, { tls, agent }).then(resolve, reject)
        else reject(error)
      })
      outgoing.end()
    })
  }
  const answers = (url: string, expected: string, options?: { tls?: boolean }) => {
    const [, host = '', where = ''] = /^([^/]*)(.*)$/.exec(url) ?? []
    return eventually(
      async () => {
        const { status, body } = await ask(host, where, options)
        const said = status === 200 ? body : String(status)
        if (said !== expected) throw new Error(`${url} says ${said}`)
        return true
      },
      { seconds: 20, what: `${expected} from ${url}` },
    )
  }

  it('lead to services by host and path, and say where they are reached', async () => {
    await apply(
      ingress('paths', {
        rules: [
          { host: 'paths.test', http: { paths: [path('one', '/one'), path('two', '/', 'Prefix', { name: 'http' })] } },
          { host: '*.wild.test', http: { paths: [path('one', '/exact', 'Exact')] } },
        ],
      }),
    )
    await answers('paths.test/one/x?q=1', 'one /one/x?q=1 http')
    await answers('paths.test/onetwo', 'two /onetwo http')
    await answers('a.wild.test/exact', 'one /exact http')
    await answers('a.wild.test/exact/', '404')
    await answers('nobody.test/', '404')
    const { spec, status } = await get<Ingress>('ingress paths')
    expect(spec.ingressClassName).toBe('kubeling')
    const published = (await get<Service>('service ingress-proxy', 'ingress')).status?.loadBalancer?.ingress ?? []
    expect((status.loadBalancer.ingress ?? []).map(({ ip }) => ip)).toEqual(published.map(({ ip }) => ip))
    const { items } = await get<{ items: Event[] }>('events --field-selector involvedObject.name=paths')
    expect(items.map(({ reason, message }) => `${reason}: ${message}`)).toContain('Sync: Scheduled for sync')
  }, 60_000)

  it('are served over TLS with the certificate of the host, and lead there', async () => {
    const { cert, key } = await issueCertificate(authority, { commonName: 'tls.test', names: ['tls.test'], usages: ['server'] })
    const data = { 'tls.crt': Buffer.from(cert).toString('base64'), 'tls.key': Buffer.from(key).toString('base64') }
    await apply(
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tls' }, type: 'kubernetes.io/tls', data },
      ingress('tls', {
        ingressClassName: 'nginx',
        tls: [{ hosts: ['tls.test'], secretName: 'tls' }],
        rules: [{ host: 'tls.test', http: { paths: [path('one', '/')] } }],
      }),
    )
    await answers('tls.test/a', 'one /a https', { tls: true })
    expect(await ask('tls.test', '/a?b')).toMatchObject({ status: 308, location: 'https://tls.test/a?b' })
    await expect(ask('other.test', '/', { tls: true })).rejects.toThrow(/certificate|self-signed/i)
  }, 60_000)

  it('rewrite as the annotation says', async () => {
    const annotations = { 'nginx.ingress.kubernetes.io/rewrite-target': '/$2' }
    const rules = [{ host: 'rewrite.test', http: { paths: [path('two', '/app(/|$)(.*)', 'ImplementationSpecific')] } }]
    await apply(ingress('rewrite', { ingressClassName: 'nginx', rules }, annotations))
    await answers('rewrite.test/app/x/y?z=1', 'two /x/y?z=1 http')
    await answers('rewrite.test/app', 'two / http')
  }, 60_000)

  it('answer 503 while nobody is ready, and go on when somebody is', async () => {
    await apply(ingress('empty', { rules: [{ host: 'empty.test', http: { paths: [path('two', '/')] } }] }))
    await answers('empty.test/', 'two / http')
    await kubectl(`scale deployment two --replicas=0 ${in_}`)
    await answers('empty.test/', '503')
    await kubectl(`scale deployment two --replicas=1 ${in_}`)
    await answers('empty.test/', 'two / http')
  }, 90_000)

  it('change without a request lost, on new connections and on kept ones', async () => {
    const busy = ingress('busy', { rules: [{ host: 'busy.test', http: { paths: [path('one', '/')] } }] })
    await apply(busy)
    await answers('busy.test/', 'one / http')
    let [asked, stop] = [0, false]
    const failures: string[] = []
    const client = async (agent: Agent) => {
      while (!stop) {
        try {
          const { status } = await ask('busy.test', '/', { agent })
          if (status !== 200) failures.push(String(status))
        } catch (error) {
          failures.push(String(error))
        }
        asked++
      }
      agent.destroy()
    }
    const clients = [client(new Agent({ keepAlive: true, maxSockets: 1 })), client(new Agent())]
    for (let round = 0; round < 5; round++) {
      await apply(ingress('other', { rules: [{ host: `round-${round}.test`, http: { paths: [path('two', '/')] } }] }))
      await answers(`round-${round}.test/`, 'two / http')
    }
    stop = true
    await Promise.all(clients)
    expect({ failures, enough: asked > 50 }).toEqual({ failures: [], enough: true })
  }, 90_000)

  gatewayTests({ namespace, node: () => address })
})
