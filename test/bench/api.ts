import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientConfig } from '../../client/client-config.ts'
import { withBareServer } from './bare-server.ts'
import type { MeasuredControlPlane } from './control-plane.ts'
import { load, percentile, type Figure } from './figures.ts'
import { rawClient, type RawClient } from './raw-client.ts'

const CREATES = 6000
const WATCHERS = 50
const WATCHED_WRITES = 200
const LISTED = 2200

const configMap = (name: string, namespace: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: { app: 'bench' } },
    data: { text: 'x'.repeat(900) },
  })
const namespaceOf = (name: string) => JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
const mapsIn = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`

/** The API server alone, over TLS with a client certificate; what a real kube-apiserver with etcd measured stands beside it. */
export async function apiFigures({ config, processorTime, pki }: MeasuredControlPlane): Promise<Figure[]> {
  const measured: typeof load = async (count, inFlight, task) => {
    const before = processorTime()
    const result = await load(count, inFlight, task)
    processorTimes.push((processorTime() - before) / count)
    return result
  }
  const processorTimes: number[] = []
  const client = rawClient(config, 32)
  try {
    for (const namespace of ['bench', 'bench-single', 'bench-list', 'bench-watch'])
      await client.send('POST', '/api/v1/namespaces', namespaceOf(namespace))
    await load(500, 32, index => client.send('POST', mapsIn('bench'), configMap(`warm-${index}`, 'bench')))
    const creates = await measured(CREATES, 32, index => client.send('POST', mapsIn('bench'), configMap(`cm-${index}`, 'bench')))
    const single = await measured(300, 1, index => client.send('POST', mapsIn('bench-single'), configMap(`cm-${index}`, 'bench-single')))
    const gets = await measured(10_000, 32, index => client.send('GET', `${mapsIn('bench')}/cm-${index % CREATES}`))
    const updates = await measured(3000, 32, index =>
      client.send('PUT', `${mapsIn('bench')}/cm-${index}`, configMap(`cm-${index}`, 'bench').replace('xxx', 'yyy')),
    )
    await load(LISTED, 32, index => client.send('POST', mapsIn('bench-list'), configMap(`cm-${index}`, 'bench-list')))
    await client.send('GET', mapsIn('bench-list'))
    const lists = await measured(20, 1, () => client.send('GET', mapsIn('bench-list')))
    const latencies = await watchLatencies(client)
    const bare = await withBareServer({ config, pki }, bareRates)
    return [
      {
        name: 'create, 32 in flight',
        value: CREATES / creates.seconds,
        unit: '/s',
        aim: { bound: 'least', value: 1500 },
        beside: 'kube-apiserver 1,125/s',
      },
      {
        name: 'create, one at a time, p50',
        value: percentile(single.samples, 0.5),
        unit: 'ms',
        aim: { bound: 'most', value: 1.5 },
        beside: 'kube-apiserver 2.3 ms',
      },
      {
        name: 'get, 32 in flight',
        value: 10_000 / gets.seconds,
        unit: '/s',
        aim: { bound: 'least', value: 5000 },
        beside: 'kube-apiserver 3,096/s',
      },
      { name: 'update, 32 in flight', value: 3000 / updates.seconds, unit: '/s' },
      {
        name: `list of ${LISTED} ConfigMaps of 1 kB, p50`,
        value: percentile(lists.samples, 0.5),
        unit: 'ms',
        aim: { bound: 'most', value: 20 },
        beside: 'kube-apiserver 39 ms',
      },
      {
        name: `watch, write to ${WATCHERS} watchers, p99`,
        value: percentile(latencies, 0.99),
        unit: 'ms',
        aim: { bound: 'most', value: 10 },
        beside: 'kube-apiserver 12–17 ms',
      },
      { name: `watch, write to ${WATCHERS} watchers, p50`, value: percentile(latencies, 0.5), unit: 'ms' },
      { name: 'bare Node.js, get, 32 in flight', value: bare.gets, unit: '/s', beside: times(bare.gets, 10_000 / gets.seconds) },
      { name: 'bare Node.js, post, 32 in flight', value: bare.posts, unit: '/s', beside: times(bare.posts, CREATES / creates.seconds) },
      {
        name: 'bare Node.js, post, one at a time, p50',
        value: bare.single,
        unit: 'ms',
        beside: times(percentile(single.samples, 0.5), bare.single),
      },
      {
        name: 'bare Node.js, as many bytes as the list, p50',
        value: bare.bytes,
        unit: 'ms',
        beside: times(percentile(lists.samples, 0.5), bare.bytes),
      },
      // Unlike the rest, these hardly depend on what else the machine is doing.
      ...['create', 'create, one at a time', 'get', 'update', 'list'].map((name, index) => ({
        name: `processor time of the server, ${name}`,
        value: processorTimes[index] ?? Number.NaN,
        unit: 'ms',
      })),
    ]
  } finally {
    client.close()
  }
}

/** How much faster the bare server is. */
const times = (larger: number, smaller: number) => `${(larger / smaller).toFixed(1)} × as fast`

/** The same requests to a server that has nothing to do for them: how fast this machine is today. */
async function bareRates(config: ClientConfig): Promise<{ gets: number; posts: number; single: number; bytes: number }> {
  const client = rawClient(config, 32)
  try {
    await load(1000, 32, () => client.send('GET', '/1300'))
    const gets = await load(10_000, 32, () => client.send('GET', '/1300'))
    const posts = await load(CREATES, 32, index => client.send('POST', '/', configMap(`cm-${index}`, 'bench')))
    const single = await load(300, 1, index => client.send('POST', '/', configMap(`cm-${index}`, 'bench')))
    const bytes = await load(20, 1, () => client.send('GET', `/${LISTED * 1300}`))
    return {
      gets: 10_000 / gets.seconds,
      posts: CREATES / posts.seconds,
      single: percentile(single.samples, 0.5),
      bytes: percentile(bytes.samples, 0.5),
    }
  } finally {
    client.close()
  }
}

/** Milliseconds from sending each write to each watcher's hearing of it. */
async function watchLatencies(client: RawClient): Promise<number[]> {
  const sent = new Map<string, number>()
  const latencies: number[] = []
  const hear = (text: string) => {
    const name = /"name":"(cm-\d+)"/.exec(text)?.[1]
    const begin = name ? sent.get(name) : undefined
    if (begin !== undefined) latencies.push(performance.now() - begin)
  }
  const stops = await Promise.all(Array.from({ length: WATCHERS }, () => client.stream(`${mapsIn('bench-watch')}?watch=1`, hear)))
  await sleep(300)
  for (let index = 0; index < WATCHED_WRITES; index++) {
    const name = `cm-${index}`
    sent.set(name, performance.now())
    await client.send('POST', mapsIn('bench-watch'), configMap(name, 'bench-watch'))
    await sleep(10)
  }
  const deadline = Date.now() + 5_000
  while (latencies.length < WATCHERS * WATCHED_WRITES && Date.now() < deadline) await sleep(20)
  for (const stop of stops) stop()
  if (latencies.length < WATCHERS * WATCHED_WRITES)
    throw new Error(`watchers heard ${latencies.length} of ${WATCHERS * WATCHED_WRITES} events`)
  return latencies
}
