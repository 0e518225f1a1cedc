import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../control-plane/store/lmdb-store.ts'
import { withBareServer } from './bare-server.ts'
import { withControlPlaneOn, type MeasuredControlPlane } from './control-plane.ts'
import { load, percentile, type Figure } from './figures.ts'
import { rawClient, type Answer, type RawClient } from './raw-client.ts'
import { watcherFigures } from './watchers.ts'

const PODS = 10_000
const OBJECTS = 50_000
const LISTS = 10
/** Processor time in a second in which nothing happens. */
const QUIET_MILLISECONDS = 80

const pods = '/api/v1/namespaces/default/pods'
const maps = '/api/v1/namespaces/default/configmaps'
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'copy-0', labels: { app: 'bench' } },
  // No scheduler knows this name: the pods stay as they are.
  spec: { schedulerName: 'bench', containers: [{ name: 'c', image: 'busybox' }], automountServiceAccountToken: false },
}
const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'copy-0' }, data: { text: 'x'.repeat(900) } }

/** A cluster with very many objects: its start, its memory, and a list that others must not have to wait for. */
export async function scaleFigures(): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'kubeling-bench-'))
  try {
    await withControlPlaneOn(directory, writeFirst)
    await multiply(join(directory, 'store.mdb'))
    return await withControlPlaneOn(directory, measure)
  } finally {
    await rm(directory, { recursive: true })
  }
}

async function writeFirst({ config }: MeasuredControlPlane): Promise<void> {
  const client = rawClient(config, 1)
  try {
    await client.send('POST', pods, JSON.stringify(pod))
    await client.send('POST', maps, JSON.stringify(map))
  } finally {
    client.close()
  }
}

/** Copies of the first pod and the first map, written past the API, which would take minutes on a slow machine. */
async function multiply(path: string): Promise<void> {
  const store = await openStore(path)
  try {
    for (const [prefix, count] of [
      ['/core/pods/default/', PODS],
      ['/core/configmaps/default/', OBJECTS - PODS],
    ] as const) {
      const first = store.get(`${prefix}copy-0`)
      if (!first) throw new Error(`nothing is stored at ${prefix}copy-0`)
      const writes = Array.from({ length: count - 1 }, (_, index) => {
        const name = `copy-${index + 1}`
        return store.mutate(prefix + name, () => ({ put: first.value.replace('"name":"copy-0"', `"name":"${name}"`) }))
      })
      await Promise.all(writes)
    }
  } finally {
    await store.close()
  }
}

async function measure(plane: MeasuredControlPlane): Promise<Figure[]> {
  const { config, pki, processorTime, residentMegabytes, fileMegabytes, startSeconds, startProcessorSeconds, stallsDuring } = plane
  const client = rawClient(config, 1)
  const other = rawClient(config, 1)
  try {
    await untilQuiet(processorTime)
    const resident = { value: residentMegabytes(), unit: 'MB', beside: `${fileMegabytes().toFixed(0)} MB of it pages of files` }
    const settled = processorTime()
    const { body } = await client.send('GET', pods)
    const quiet = await whileOthersAsk(other, () => sleep(1000))
    const before = processorTime()
    let lists: number[] = []
    const listing = async () => void (lists = (await load(LISTS, 1, () => client.send('GET', pods))).samples)
    let asked: number[] = []
    const stalls = await stallsDuring(async () => void (asked = await whileOthersAsk(other, listing)))
    const used = (processorTime() - before) / LISTS
    const bare = await withBareServer({ config, pki }, config => bareBytes(config, body.length))
    const most = (value: number) => ({ bound: 'most', value }) as const
    return [
      {
        name: `start with ${OBJECTS} objects`,
        value: startSeconds,
        unit: 's',
        aim: most(2),
        beside: `${startProcessorSeconds.toFixed(1)} s of processor time`,
      },
      { name: `processor time of the server until its controllers know them all`, value: settled / 1000, unit: 's' },
      { name: `resident with ${OBJECTS} objects`, aim: most(400), ...resident },
      { name: 'resident after the lists', value: residentMegabytes(), unit: 'MB' },
      {
        name: `list of ${PODS} pods, p50`,
        value: percentile(lists, 0.5),
        unit: 'ms',
        aim: most(100),
        beside: `bare Node.js, as many bytes (${(body.length / 1e6).toFixed(1)} MB), ${bare.toFixed(0)} ms`,
      },
      { name: 'processor time of the server, list with the gets beside it', value: used, unit: 'ms' },
      {
        name: 'longest stall of the server meanwhile',
        value: stalls.waited,
        unit: 'ms',
        aim: most(50),
        beside: `${stalls.used.toFixed(0)} ms of processor time`,
      },
      {
        name: 'longest get of another client meanwhile',
        value: Math.max(...asked),
        unit: 'ms',
        beside: `without lists ${Math.max(...quiet).toFixed(0)} ms`,
      },
      ...(await watcherFigures(plane)),
    ]
  } finally {
    client.close()
    other.close()
  }
}

/** Resolves when controllers and scheduler have read what there is. */
async function untilQuiet(processorTime: () => number): Promise<void> {
  for (let last = -Infinity; processorTime() - last > QUIET_MILLISECONDS;) {
    last = processorTime()
    await sleep(1000)
  }
}

/** How long each get took that was made, one after the other, while `task` ran. */
async function whileOthersAsk(client: RawClient, task: () => Promise<unknown>): Promise<number[]> {
  const samples: number[] = []
  let over = false
  const asking = async () => {
    while (!over) {
      const begin = performance.now()
      await client.send('GET', `${maps}/copy-7`)
      samples.push(performance.now() - begin)
      await sleep(2)
    }
  }
  await Promise.all([asking(), task().finally(() => (over = true))])
  return samples
}

async function bareBytes(config: Parameters<typeof rawClient>[0], count: number): Promise<number> {
  const client = rawClient(config, 1)
  try {
    const ask = (): Promise<Answer> => client.send('GET', `/${count}`)
    await ask()
    return percentile((await load(LISTS, 1, ask)).samples, 0.5)
  } finally {
    client.close()
  }
}
