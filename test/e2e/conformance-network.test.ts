import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { Service } from '../../api/core/service.ts'
import { eventually } from '../support/eventually.ts'
import { kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-conformance-network'
const in_ = `-n ${NAMESPACE}`
const zone = `${NAMESPACE}.svc.cluster.local`
const HOST_PORT = 8096

/** Answers with its name, over TCP at two ports and over UDP. */
const server = `
  const name = process.env.POD
  for (const port of [8080, 8081]) require('http').createServer((request, response) => response.end(name)).listen(port)
  const socket = require('dgram').createSocket('udp4').bind(8080)
  socket.on('message', (_, { port, address }) => socket.send(name, port, address))`

interface Question {
  readonly host: string
  readonly port: number
  readonly udp?: boolean
  /** The client's own address. */
  readonly from?: string
  readonly times?: number
}
/** Asks every question as often as it says and prints, for each, the different answers there were. */
const client = (questions: readonly Question[]) => `
  const http = require('http'), dgram = require('dgram')
  const tcp = ({ host, port, from }) => new Promise(resolve => {
    const request = http.get({ host, port, localAddress: from, agent: false, timeout: 5000 }, async response => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve(text)
    })
    request.on('timeout', () => request.destroy()).on('error', ({ code }) => resolve(code))
  })
  const udp = ({ host, port }) => new Promise(resolve => {
    const socket = dgram.createSocket('udp4')
    const end = answer => { socket.close(); resolve(String(answer)) }
    const timer = setTimeout(() => end('ETIMEDOUT'), 2000)
    socket.on('message', answer => { clearTimeout(timer); end(answer) })
    socket.send('who', port, host)
  })
  const askAll = async ({ times = 1, ...question }) => {
    const answers = new Set()
    for (let time = 0; time < times; time++) answers.add(await (question.udp ? udp : tcp)(question))
    return [...answers].sort()
  }
  Promise.all(${JSON.stringify(questions)}.map(askAll)).then(answers => console.log(JSON.stringify(answers)))`

type Names = readonly (readonly [type: 'A' | 'CNAME' | 'PTR' | 'SRV', name: string])[]
/** Looks names up as they are and below the domains that the pod searches; an answer of nothing is null. */
const lookUp = (names: Names) => `
  const { promises: dns } = require('dns')
  const search = /^search (.*)$/m.exec(require('fs').readFileSync('/etc/resolv.conf', 'utf8'))[1].trim().split(' ')
  const text = answer => answer.name ? answer.name + ':' + answer.port : answer
  const lookUp = async ([type, name]) => {
    for (const domain of ['', ...search.map(each => '.' + each)]) {
      const answers = await dns.resolve(name + domain, type).catch(() => [])
      if (answers.length > 0) return answers.map(text).sort()
    }
    return null
  }
  Promise.all(${JSON.stringify(names)}.map(lookUp)).then(answers => console.log(JSON.stringify(answers)))`

const inPod = async <T>(pod: string, script: string): Promise<T> =>
  JSON.parse(await kubectl(`exec -i ${in_} ${pod} -- node -`, { input: script })) as T
const ask = (pod: string, ...questions: Question[]) => inPod<string[][]>(pod, client(questions))
const names = (...asked: Names) => inPod<(string[] | null)[]>('client', lookUp(asked))
/** Asks again until the answers are these. */
const answers = (pod: string, expected: readonly (readonly [Question, readonly string[]])[]) =>
  eventually(
    async () => {
      const found = await ask(pod, ...expected.map(([question]) => question))
      const wanted = expected.map(([, answer]) => answer)
      if (JSON.stringify(found) === JSON.stringify(wanted)) return true
      throw new Error(`${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`)
    },
    { seconds: 30, what: `the answers to ${pod}` },
  )

interface ServerPod {
  readonly node: string | undefined
  readonly labels?: object
  readonly ports?: readonly object[]
  readonly spec?: object
}
const serverPod = (name: string, { node, labels = {}, ports = [], spec = {} }: ServerPod) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: {
    nodeName: node,
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'main',
        image: 'kubeling/base',
        imagePullPolicy: 'IfNotPresent',
        command: ['node', '-e', 'hostNetwork' in spec ? 'setInterval(() => undefined, 1e6)' : server],
        env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
        ports,
        ...('hostNetwork' in spec ? {} : { readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } }),
      },
    ],
    ...spec,
  },
})
const serviceOf = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec })
const http = (more: object = {}) => ({ name: 'http', port: 80, targetPort: 8080, ...more })
const apply = (...items: object[]) => kubectl(`apply ${in_} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
const get = async <T>(what: string): Promise<T> => JSON.parse(await kubectl(`get ${what} ${in_} -o json`)) as T
const service = (name: string) => get<Service>(`service ${name}`)
const ipOf = async (pod: string) => (await get<Pod>(`pod ${pod}`)).status.podIP ?? ''
/** Replaces the whole of a Service, as clients do that read it first. */
async function change(name: string, changed: object): Promise<Service> {
  const current = await service(name)
  const input = JSON.stringify({ ...current, spec: { ...current.spec, ...changed } })
  return JSON.parse(await kubectl(`replace ${in_} -f - -o json`, { input })) as Service
}

const selector = { app: 'net' }
const outside = { type: 'ExternalName', externalName: 'foo.example.com' }

describe('the network as the conformance suite asks for it', () => {
  let namespace: AsyncDisposable
  let nodes: { readonly name: string; readonly address: string }[] = []
  const node = (index: number) => nodes[index] ?? { name: '', address: '' }
  let [a, b] = ['', '']
  const stickyPlaces = async () => {
    const [{ spec }, { spec: atNodes }] = await Promise.all([service('sticky'), service('sticky-port')])
    return { sticky: { host: spec.clusterIP ?? '', port: 80 }, port: atNodes.ports?.[0]?.nodePort ?? 0 }
  }

  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
    const { items } = JSON.parse(await kubectl('get nodes -o json')) as { items: Node[] }
    nodes = items
      .filter(({ metadata }) => /^node-\d+$/.test(metadata.name))
      .map(({ metadata, status }) => ({
        name: metadata.name,
        address: status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '',
      }))
    const [first, second] = [node(0).name, node(1).name]
    const hostPort = (hostIP: string, protocol = 'TCP') => ({ containerPort: 8080, hostPort: HOST_PORT, hostIP, protocol })
    const only = { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'], searches: ['resolv.conf.local'] } }
    await apply(
      serverPod('a', { node: first, labels: selector, ports: [{ name: 'first', containerPort: 8080 }] }),
      serverPod('b', { node: second, labels: selector, ports: [{ name: 'second', containerPort: 8081 }] }),
      serverPod('on-loopback', { node: first, ports: [hostPort('127.0.0.1')] }),
      serverPod('on-node', { node: first, ports: [hostPort(node(0).address)], spec: only }),
      serverPod('by-udp', { node: first, ports: [hostPort(node(0).address, 'UDP')] }),
      serverPod('host', { node: first, spec: { hostNetwork: true } }),
      serverPod('client', { node: second, labels: { app: 'client' }, spec: { hostname: 'querier', subdomain: 'headless' } }),
      serviceOf('sticky', { selector, sessionAffinity: 'ClientIP', ports: [http()] }),
      serviceOf('sticky-port', { type: 'NodePort', selector, sessionAffinity: 'ClientIP', ports: [http()] }),
      serviceOf('both', { selector: { app: 'net' }, ports: [http({ name: 'tcp' }), http({ name: 'udp', protocol: 'UDP' })] }),
      serviceOf('ports', {
        selector,
        ports: [http({ name: 'one', targetPort: 'first' }), http({ name: 'two', port: 81, targetPort: 'second' })],
      }),
      serviceOf('headless', { clusterIP: 'None', selector: { app: 'client' }, ports: [http()] }),
      serviceOf('regular', { selector: { app: 'client' }, ports: [http()] }),
      serviceOf('alias', outside),
      serviceOf('to-port', outside),
      serviceOf('from-cluster', { selector, ports: [http()] }),
      serviceOf('from-port', { type: 'NodePort', selector, ports: [http()] }),
      serviceOf('addresses', { ports: [http()] }),
      serviceOf('slices', { ports: [http({ name: 'one' }), http({ name: 'two', port: 81 })] }),
    )
    await kubectl(`wait pod --all --for=condition=Ready ${in_} --timeout=90s`, { timeoutSeconds: 100 })
    ;[a, b] = [await ipOf('a'), await ipOf('b')]
  }, 150_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
  }, 120_000)

  it('leads from pods and from nodes to pods, by TCP and UDP', async () => {
    const everywhere = [a, b].flatMap((host, index): [Question, string[]][] =>
      [false, true].map(udp => [{ host, port: 8080, udp }, [index === 0 ? 'a' : 'b']]),
    )
    await Promise.all(['client', 'host'].map(from => answers(from, everywhere)))
  }, 60_000)

  it('opens the same port of a node to several pods, by address and protocol', async () => {
    const [port, host] = [HOST_PORT, node(0).address]
    await answers('host', [
      [{ host: '127.0.0.1', port, from: host }, ['on-loopback']],
      [{ host, port }, ['on-node']],
      [{ host, port, udp: true }, ['by-udp']],
    ])
  }, 60_000)

  it('leads to the endpoints of a Service, by the ports that each pod has, and by both protocols at the same port', async () => {
    const [{ spec: both }, { spec: ports }] = await Promise.all([service('both'), service('ports')])
    await answers('client', [
      [{ host: both.clusterIP ?? '', port: 80, times: 20 }, ['a', 'b']],
      [{ host: both.clusterIP ?? '', port: 80, udp: true, times: 20 }, ['a', 'b']],
      [{ host: ports.clusterIP ?? '', port: 80, times: 5 }, ['a']],
      [{ host: ports.clusterIP ?? '', port: 81, times: 5 }, ['b']],
    ])
    await change('both', { ports: both.ports?.filter(({ protocol }) => protocol === 'UDP') })
    await answers('client', [
      [{ host: both.clusterIP ?? '', port: 80 }, ['ECONNREFUSED']],
      [{ host: both.clusterIP ?? '', port: 80, udp: true, times: 20 }, ['a', 'b']],
    ])
  }, 60_000)

  it('keeps clients where they were under session affinity only, and follows when that is switched', async () => {
    const { sticky, port } = await stickyPlaces()
    const places = [sticky, ...nodes.slice(0, 2).map(({ address: host }) => ({ host, port }))].map(place => ({ ...place, times: 20 }))
    const spread = places.map((place): [Question, string[]] => [place, ['a', 'b']])
    const kept = async () => {
      for (const found of await ask('client', ...places)) expect(found).toEqual([expect.stringMatching(/^[ab]$/)])
    }
    const names = ['sticky', 'sticky-port']
    await kept()
    await Promise.all(names.map(name => change(name, { sessionAffinity: 'None', sessionAffinityConfig: undefined })))
    await answers('client', spread)
    await Promise.all(names.map(name => change(name, { sessionAffinity: 'ClientIP' })))
    await eventually(async () => (await kept(), true), { seconds: 30, what: 'one pod for each address' })
  }, 90_000)

  it('leads to endpoints that are written in several EndpointSlices, by address and by port', async () => {
    const slice = (of: string, name: string, { address, port }: { readonly address: string; readonly port: object }) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, labels: { 'kubernetes.io/service-name': of } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address] }],
      ports: [{ protocol: 'TCP', ...port }],
    })
    await apply(
      slice('addresses', 'addresses-a', { address: a, port: { name: 'http', port: 8080 } }),
      slice('addresses', 'addresses-b', { address: b, port: { name: 'http', port: 8080 } }),
      slice('slices', 'slices-one', { address: a, port: { name: 'one', port: 8080 } }),
      slice('slices', 'slices-two', { address: b, port: { name: 'two', port: 8081 } }),
    )
    const [addresses, slices] = (await Promise.all(['addresses', 'slices'].map(service))).map(({ spec }) => spec.clusterIP ?? '')
    await answers('client', [
      [{ host: addresses ?? '', port: 80, times: 20 }, ['a', 'b']],
      [{ host: slices ?? '', port: 80, times: 5 }, ['a']],
      [{ host: slices ?? '', port: 81, times: 5 }, ['b']],
    ])
  }, 60_000)

  it('knows pods by host name and subdomain, headless and other Services, by whole and by partial names', async () => {
    const [ip, { spec }] = await Promise.all([ipOf('client'), service('regular')])
    const reverse = (spec.clusterIP ?? '').split('.').reverse().join('.')
    const headless = `querier.headless.${zone}`
    const asked: Names = [
      ['A', 'kubernetes.default.svc.cluster.local'],
      ...['headless', `headless.${NAMESPACE}`, `headless.${NAMESPACE}.svc`, `headless.${zone}`, headless].map(name => ['A', name] as const),
      ...['headless', 'regular'].flatMap(name => [`${NAMESPACE}.svc`, zone].map(below => ['SRV', `_http._tcp.${name}.${below}`] as const)),
      ['PTR', `${reverse}.in-addr.arpa`],
    ]
    const kubernetes = await kubectl('get service kubernetes -n default -o jsonpath={.spec.clusterIP}')
    expect(await names(...asked)).toEqual([
      [kubernetes],
      ...Array<string[]>(5).fill([ip]),
      ...Array<string[]>(2).fill([`${headless}:8080`]),
      ...Array<string[]>(2).fill([`regular.${zone}:80`]),
      [`regular.${zone}`],
    ])
    const hosts = (await kubectl(`exec ${in_} client -- cat /etc/hosts`)).split('\n').map(line => line.split(/\s+/))
    expect(hosts).toContainEqual([ip, headless, 'querier'])
    const resolver = await kubectl(`exec ${in_} on-node -- cat /etc/resolv.conf`)
    expect(resolver.trim().split('\n').sort()).toEqual(['nameserver 1.1.1.1', 'search resolv.conf.local'])
  }, 60_000)

  it('leads names elsewhere and back when Services change between external names and addresses', async () => {
    const ports = [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' as const }]
    const alias = (name: string) => ['CNAME', `${name}.${zone}`] as const
    expect(await names(alias('alias'), alias('to-port'))).toEqual([['foo.example.com'], ['foo.example.com']])
    await change('alias', { externalName: 'bar.example.com' })
    await eventually(async () => (await names(alias('alias'))).join() === 'bar.example.com', { what: 'the new name' })

    const inside = { externalName: undefined, selector, ports }
    const [cluster, port] = await Promise.all([
      change('alias', { ...inside, type: 'ClusterIP' }),
      change('to-port', { ...inside, type: 'NodePort' }),
    ])
    const outsiders = await Promise.all(['from-cluster', 'from-port'].map(name => change(name, { ...outside, type: 'ExternalName' })))
    for (const { spec } of outsiders) expect([spec.clusterIP, spec.clusterIPs, spec.ports?.[0]?.nodePort]).toEqual(Array(3).fill(undefined))
    await eventually(
      async () =>
        JSON.stringify(await names(['A', `alias.${zone}`], alias('from-cluster'), alias('from-port'))) ===
        JSON.stringify([[cluster.spec.clusterIP], ['foo.example.com'], ['foo.example.com']]),
      { what: 'the names of changed Services' },
    )
    const nodePort = port.spec.ports?.[0]?.nodePort ?? 0
    const places = [
      { host: `alias.${zone}`, port: 80 },
      { host: port.spec.clusterIP ?? '', port: 80 },
      { host: node(0).address, port: nodePort },
      { host: node(1).address, port: nodePort },
    ]
    await answers(
      'client',
      places.map(place => [{ ...place, times: 20 }, ['a', 'b']]),
    )
  }, 90_000)
})
