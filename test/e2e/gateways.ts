import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Service } from '../../api/core/service.ts'
import { eventually } from '../support/eventually.ts'
import { kubectlOfCluster } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const group = 'gateway.networking.k8s.io'
const definitions = ['gatewayclasses', 'gateways', 'httproutes', 'tcproutes', 'referencegrants'].map(plural => `crd/${plural}.${group}`)

export interface GatewayTestsOptions {
  /** Where the Services `one` and `two` are. */
  readonly namespace: string
  /** The address of a node. */
  readonly node: () => string
}

/** What Gateways and their routes do on the real proxy, which is there already. */
export function gatewayTests({ namespace, node }: GatewayTestsOptions): void {
  const in_ = `-n ${namespace}`
  const apply = (...items: object[]) => kubectl(`apply ${in_} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
  const route = (name: string, rules: object[], more: object = {}) => ({
    apiVersion: `${group}/v1`,
    kind: 'HTTPRoute',
    metadata: { name },
    spec: { parentRefs: [{ name: 'edge' }], hostnames: ['edge.test'], rules, ...more },
  })
  const backend = (name: string, more: object = {}) => ({ name, port: 80, ...more })
  const prefix = (value: string) => [{ path: { type: 'PathPrefix', value } }]
  const portOf = async (port: number) => {
    const { items } = JSON.parse(await kubectl(`get services -n ingress -l ${group}/gateway-name=edge -o json`)) as { items: Service[] }
    return items[0]?.spec.ports?.find(each => each.port === port)?.nodePort ?? 0
  }
  const ask = (port: number, path: string, headers: Record<string, string> = {}) =>
    new Promise<string>((resolve, reject) => {
      const outgoing = request(
        { host: node(), port, path, headers: { Host: 'edge.test', ...headers }, timeout: 5000, agent: false },
        incoming => {
          let body = ''
          incoming.on('data', (chunk: Buffer) => (body += chunk.toString()))
          incoming.on('end', () =>
            resolve(incoming.statusCode === 200 ? body.trim() : `${incoming.statusCode} ${incoming.headers.location ?? ''}`.trim()),
          )
        },
      )
      outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')))
      outgoing.on('error', reject)
      outgoing.end()
    })

  describe('Gateways', () => {
    let port = 0
    const answers = (path: string, expected: string, headers?: Record<string, string>) =>
      eventually(
        async () => {
          const said = await ask(port, path, headers)
          if (said !== expected) throw new Error(`${path} says ${said}`)
          return true
        },
        { seconds: 20, what: `${expected} from ${path}` },
      )

    beforeAll(async () => {
      await kubectl('apply -f addons/gateway-api.yaml')
      await kubectl(`wait --for=condition=Established ${definitions.join(' ')} --timeout=30s`, { timeoutSeconds: 35 })
      await kubectl('apply -f addons/gateway-class.yaml')
      const listeners = [
        { name: 'http', port: 80, protocol: 'HTTP' },
        { name: 'tcp', port: 9000, protocol: 'TCP' },
      ]
      const spec = { gatewayClassName: 'kubeling', listeners }
      await apply({ apiVersion: `${group}/v1`, kind: 'Gateway', metadata: { name: 'edge' }, spec })
      await kubectl(`wait --for=condition=Programmed gateway/edge ${in_} --timeout=60s`, { timeoutSeconds: 65 })
      port = await portOf(80)
    }, 180_000)
    afterAll(async () => {
      await kubectl(`delete gateway,httproute,tcproute --all ${in_}`)
      await kubectl('delete -f addons/gateway-class.yaml -f addons/gateway-api.yaml --timeout=60s', { timeoutSeconds: 70 })
    }, 120_000)

    it('lead to Services by path, header and method, and say so in every status', async () => {
      await apply(
        route('matches', [
          { matches: prefix('/'), backendRefs: [backend('one')] },
          { matches: prefix('/two'), backendRefs: [backend('two')] },
          { matches: [{ headers: [{ name: 'version', value: '2' }] }], backendRefs: [backend('two')] },
        ]),
      )
      await answers('/x', 'one /x http')
      await answers('/two/x', 'two /two/x http')
      await answers('/x', 'two /x http', { version: '2' })
      await kubectl(
        `wait ${in_} httproute/matches --for=jsonpath={.status.parents[0].conditions[?(@.type=="Accepted")].status}=True --timeout=20s`,
      )
      expect(await kubectl(`get gateway edge ${in_} -o jsonpath={.status.listeners[*].attachedRoutes}`)).toBe('1 0')
      expect(await kubectl(`get gateway edge ${in_}`)).toMatch(
        /^NAME +CLASS +ADDRESS +PROGRAMMED +AGE\nedge +kubeling +\d[\d.]+ +True +\w+\n$/,
      )
      expect(await kubectl('get gatewayclass kubeling')).toMatch(/\nkubeling +kubeling\.io\/gateway-controller +True +/)
    }, 60_000)

    it('redirect and rewrite', async () => {
      const rewrite = { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/new' } } }
      const redirect = { type: 'RequestRedirect', requestRedirect: { scheme: 'https', hostname: 'other.test', statusCode: 301 } }
      await apply(
        route('filters', [
          { matches: prefix('/old'), filters: [rewrite], backendRefs: [backend('one')] },
          { matches: prefix('/away'), filters: [redirect] },
        ]),
      )
      await answers('/old/x?q', 'one /new/x?q http')
      await answers('/old', 'one /new http')
      await answers('/away/x', '301 https://other.test/away/x')
    }, 60_000)

    it('share by weight', async () => {
      await apply(route('weights', [{ matches: prefix('/shared'), backendRefs: [backend('one', { weight: 3 }), backend('two')] }]))
      await eventually(async () => (await ask(port, '/shared')).endsWith('/shared http'), { seconds: 20 })
      const counts = { one: 0, two: 0 }
      for (let round = 0; round < 40; round++) counts[(await ask(port, '/shared')).startsWith('one') ? 'one' : 'two']++
      expect(counts.one).toBeGreaterThan(counts.two)
      expect(counts.two).toBeGreaterThan(0)
    }, 60_000)

    it('pass connections on, whatever their protocol', async () => {
      const spec = { parentRefs: [{ name: 'edge', sectionName: 'tcp' }], rules: [{ backendRefs: [backend('two')] }] }
      await apply({ apiVersion: `${group}/v1alpha2`, kind: 'TCPRoute', metadata: { name: 'tcp' }, spec })
      const tcpPort = await portOf(9000)
      const exchange = () =>
        new Promise<string>((resolve, reject) => {
          const socket = connect(tcpPort, node(), () => socket.write('GET /raw HTTP/1.0\r\n\r\n'))
          let text = ''
          socket.setTimeout(5000, () => socket.destroy(new Error('timeout')))
          socket.on('data', chunk => (text += chunk.toString()))
          socket.on('error', reject)
          socket.on('close', () => resolve(text))
        })
      await eventually(async () => (await exchange()).includes('two /raw'), { seconds: 20, what: 'an answer over TCP' })
    }, 60_000)
  })
}
