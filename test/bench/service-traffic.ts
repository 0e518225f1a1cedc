import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { EndpointSlice } from '../../api/discovery/endpoint-slice.ts'
import { Namespace } from '../../api/core/namespace.ts'
import { Pod } from '../../api/core/pod.ts'
import { Service } from '../../api/core/service.ts'
import { isNotFound } from '../../api/errors.ts'
import type { Client } from '../../client/client.ts'
import { load, percentile, type Figure } from './figures.ts'

const namespace = 'bench-services'
const CROWDS = [
  { services: 100, aim: 100 },
  { services: 5000, aim: 300 },
]
const CHANGES = 40
const ROUNDS = 3

const node = (script: string) => ({ name: 'c', image: 'kubeling/base', imagePullPolicy: 'IfNotPresent', command: ['node', '-e', script] })
const server = `
const big = Buffer.alloc(32 << 20)
const answer = (request, response) => response.end(request.url === '/big' ? big : process.env.HOSTNAME)
require('http').createServer({ keepAliveTimeout: 0 }, answer).listen(8080)`
/** Takes turns between both ways, and prints the medians. */
const client = (direct: string, service: string) => `
const http = require('http')
const get = (host, port, path, agent) => new Promise((resolve, reject) => http.get({ host, port, path, agent }, response => {
  let bytes = 0
  response.on('data', chunk => (bytes += chunk.length)).on('end', () => resolve(bytes))
}).on('error', reject))
const median = list => list.sort((a, b) => a - b)[list.length >> 1]
const ways = { direct: ['${direct}', 8080], service: ['${service}', 80] }
const found = { direct: { kept: [], fresh: [], bulk: [] }, service: { kept: [], fresh: [], bulk: [] } }
const timed = async (list, call) => { const started = performance.now(); await call(); list.push(performance.now() - started) }
;(async () => {
  for (let round = 0; round < ${ROUNDS + 1}; round++) for (const [way, [host, port]] of Object.entries(ways)) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    const into = round === 0 ? { kept: [], fresh: [], bulk: [] } : found[way]
    for (let i = 0; i < 200; i++) await timed(into.kept, () => get(host, port, '/', agent))
    for (let i = 0; i < 100; i++) await timed(into.fresh, () => get(host, port, '/', false))
    for (let i = 0; i < 2; i++) await timed(into.bulk, () => get(host, port, '/big', agent))
    agent.destroy()
  }
  for (const way in found) for (const kind in found[way]) found[way][kind] = median(found[way][kind])
  console.log(JSON.stringify(found))
})()`

/** Services on the cluster that is there: how soon a changed endpoint has the traffic, and what the way through a service costs. */
export async function serviceTrafficFigures(api: Client): Promise<Figure[]> {
  await removeNamespace(api)
  await api.create(Namespace, { metadata: { name: namespace } } as never)
  try {
    const figures = await throughput(api)
    let made = 0
    for (const { services, aim } of CROWDS) {
      await crowd(api, { from: made, to: services })
      made = services
      figures.push(...(await programming(api, { services, aim })))
    }
    return figures
  } finally {
    await removeNamespace(api)
  }
}

const newPod = (api: Client, { name, script, nodeName }: { name: string; script: string; nodeName: string }) =>
  api.create(Pod, {
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      restartPolicy: 'Never',
      containers: [node(script)],
      nodeName,
    },
  } as never)

async function until<T>(attempt: () => Promise<T | undefined | false>, what: string, seconds = 300): Promise<T> {
  const deadline = Date.now() + seconds * 1000
  while (Date.now() < deadline) {
    const value = await attempt()
    if (value !== undefined && value !== false) return value
    await sleep(100)
  }
  throw new Error(`${what} did not come about in ${seconds} s`)
}
const podIn = (api: Client, name: string, ready: (pod: Pod) => boolean) =>
  until(async () => {
    const pod = await api.get(Pod, { namespace, name })
    if (pod.status.phase === 'Failed') throw new Error(`the pod ${name} failed: its log tells why`)
    return ready(pod) && pod
  }, `the pod ${name}`)
const isReady = ({ status }: Pod) => status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false

async function throughput(api: Client): Promise<Figure[]> {
  await Promise.all([
    newPod(api, { name: 'a', script: server, nodeName: 'node-1' }),
    newPod(api, { name: 'b', script: server, nodeName: 'node-2' }),
  ])
  const { status } = await podIn(api, 'b', isReady)
  await podIn(api, 'a', isReady)
  const { spec } = await api.create(Service, {
    metadata: { name: 'b', namespace },
    spec: { selector: { app: 'b' }, ports: [{ port: 80, targetPort: 8080 }] },
  } as never)
  await sleep(1000)
  await newPod(api, { name: 'client', script: client(status.podIP ?? '', spec.clusterIP ?? ''), nodeName: 'node-1' })
  await podIn(api, 'client', ({ status }) => status.phase === 'Succeeded')
  const logs = await api.getPath(`/api/v1/namespaces/${namespace}/pods/client/log`)
  const { direct, service } = logs as Record<'direct' | 'service', Record<'kept' | 'fresh' | 'bulk', number>>
  const figure = (name: string, kind: 'kept' | 'fresh' | 'bulk'): Figure => ({
    name: `${name}, of pod to pod`,
    value: direct[kind] / service[kind],
    unit: '×',
    aim: { bound: 'least', value: 0.95 },
    beside: `${service[kind].toFixed(2)} ms beside ${direct[kind].toFixed(2)} ms`,
  })
  return [
    figure('requests on a kept connection', 'kept'),
    figure('requests on new connections', 'fresh'),
    {
      ...figure('32 MB', 'bulk'),
      beside: `${(32 / (service.bulk / 1000)).toFixed(0)} beside ${(32 / (direct.bulk / 1000)).toFixed(0)} MB/s`,
    },
  ]
}

/** Services without selectors, two endpoints each, which cost nobody but the service proxies anything. */
async function crowd(api: Client, { from, to }: { from: number; to: number }): Promise<void> {
  await load(to - from, 16, async index => {
    const name = `crowd-${from + index}`
    await api.create(Service, { metadata: { name, namespace }, spec: { ports: [{ port: 80 }] } } as never)
    await api.create(EndpointSlice, sliceOf(name, name, [`192.0.2.${index % 200}`, `198.51.100.${index % 200}`]))
  })
}

const sliceOf = (name: string, service: string, addresses: readonly string[]) =>
  ({
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ port: 8080 }],
    endpoints: addresses.map(address => ({ addresses: [address], conditions: { ready: true } })),
  }) as never

/** From the moment at which the slice is written until a request, by way of a port of this machine, is answered by the other pod. */
async function programming(api: Client, { services, aim }: { services: number; aim: number }): Promise<Figure[]> {
  const name = `probed-${services}`
  const pods = await Promise.all(['a', 'b'].map(pod => api.get(Pod, { namespace, name: pod })))
  const addresses = pods.map(({ status }) => status.podIP ?? '')
  await api.create(Service, { metadata: { name, namespace }, spec: { type: 'NodePort', ports: [{ port: 80 }] } } as never)
  let slice = await api.create(EndpointSlice, sliceOf(name, name, [addresses[0] ?? '']))
  const { spec } = await api.get(Service, { namespace, name })
  const port = spec.ports?.[0]?.nodePort ?? 0
  await until(async () => (await answer(port)) === 'a', 'an answer', 180)
  const samples: number[] = []
  for (let change = 1; change <= CHANGES; change++) {
    const wanted = change % 2
    const started = performance.now()
    slice = await api.update(EndpointSlice, {
      ...slice,
      endpoints: [{ addresses: [addresses[wanted] ?? ''], conditions: { ready: true } }],
    })
    while ((await answer(port)) !== pods[wanted]?.metadata.name) await sleep(2)
    samples.push(performance.now() - started)
    await sleep(50)
  }
  return [
    { name: `endpoint change → traffic, ${services} services, p50`, value: percentile(samples, 0.5), unit: 'ms' },
    {
      name: `endpoint change → traffic, ${services} services, p99`,
      value: percentile(samples, 0.99),
      unit: 'ms',
      aim: { bound: 'most', value: aim },
    },
  ]
}

/** Who answers; undefined while nobody does. */
const answer = (port: number): Promise<string | undefined> =>
  new Promise(resolve => {
    const request = http.get({ host: '127.0.0.1', port, agent: false, timeout: 1000 }, response => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => resolve(text))
      response.on('error', () => resolve(undefined))
    })
    request.on('error', () => resolve(undefined)).on('timeout', () => request.destroy())
  })

async function removeNamespace(api: Client): Promise<void> {
  try {
    await api.delete(Namespace, { name: namespace })
  } catch (error) {
    if (!isNotFound(error)) throw error
    return
  }
  await until(
    async () => {
      const { items } = await api.list(Namespace)
      return !items.some(({ metadata }) => metadata.name === namespace)
    },
    'the end of the namespace',
    300,
  )
}
