import type Docker from 'dockerode'
import { Pod } from '../../api/core/pod.ts'
import type { Client } from '../../client/client.ts'
import { percentile, type Figure } from './figures.ts'
import { PodWatch } from './pod-watch.ts'

const IMAGE = 'busybox:1.36'
const PAUSE = 'kubeling/pause'
const COMMAND = ['sleep', '3600']
const SINGLE_RUNS = 15
const BURSTS = 3
const AT_ONCE = 20

interface Bench {
  readonly client: Client
  readonly docker: Docker
  readonly watch: PodWatch
  readonly network: string
}

/**
 * A pod from create to Ready, next to the bare Docker calls for the same two containers. The two take turns, and what counts is
 * the median of the ratios of neighbours: on a machine that does other things as well, both see the same of them.
 */
export async function podFigures(client: Client, docker: Docker): Promise<Figure[]> {
  const network = (await docker.createNetwork({ Name: `kubeling-bench-${process.pid}`, Driver: 'bridge' })).id
  const watch = await PodWatch.open(client, 'bench=true')
  const bench = { client, docker, watch, network }
  try {
    await clear(bench)
    await barePod(bench, 'warm')
    await readyPod(bench, 'bench-warm')
    await clear(bench)
    return [...(await singles(bench)), ...(await bursts(bench))]
  } finally {
    watch.close()
    await clear(bench)
    await docker.getNetwork(network).remove()
  }
}

async function singles(bench: Bench): Promise<Figure[]> {
  const [bare, pods, withToken]: [number[], number[], number[]] = [[], [], []]
  for (let run = 0; run < SINGLE_RUNS; run++) {
    bare.push(await timed(() => barePod(bench, `single-${run}`)))
    pods.push(await timed(() => readyPod(bench, `bench-${run}`)))
    withToken.push(await timed(() => readyPod(bench, `bench-token-${run}`, { token: true })))
    if (run % 5 === 4) await clear(bench)
  }
  return [
    { name: 'bare Docker calls, p50', value: percentile(bare, 0.5), unit: 'ms' },
    { name: 'pod create → Ready, p50', value: percentile(pods, 0.5), unit: 'ms' },
    {
      name: 'ratio, p50',
      value: medianRatio(pods, bare),
      unit: '×',
      aim: { bound: 'most', value: 1.3 },
      beside: 'kubelet with dockershim 3.6×',
    },
    { name: 'pod with a service account token, p50', value: percentile(withToken, 0.5), unit: 'ms' },
    { name: 'ratio, p50', value: medianRatio(withToken, bare), unit: '×', beside: 'the bare calls have no such volume' },
  ]
}

async function bursts(bench: Bench): Promise<Figure[]> {
  const names = Array.from({ length: AT_ONCE }, (_, index) => `burst-${index}`)
  const together = (start: (name: string) => Promise<void>) => timed(() => Promise.all(names.map(start)))
  const [bare, pods]: [number[], number[]] = [[], []]
  const turns = [
    async () => bare.push(await together(name => barePod(bench, name))),
    async () => pods.push(await together(name => readyPod(bench, `bench-${name}`))),
  ]
  for (let round = 0; round < BURSTS; round++) {
    // Whoever goes second finds the engine's caches warm: they change places.
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) {
      await turn()
      await clear(bench)
    }
  }
  return [
    { name: `${AT_ONCE} at once, bare Docker calls`, value: percentile(bare, 0.5), unit: 'ms' },
    { name: `${AT_ONCE} at once, pods`, value: percentile(pods, 0.5), unit: 'ms' },
    {
      name: `ratio, ${AT_ONCE} at once`,
      value: medianRatio(pods, bare),
      unit: '×',
      aim: { bound: 'most', value: 1.2 },
      beside: 'kubelet with dockershim 1.6×',
    },
  ]
}

const medianRatio = (values: readonly number[], beside: readonly number[]): number =>
  percentile(
    values.map((value, index) => value / (beside[index] ?? Number.NaN)),
    0.5,
  )

async function timed(task: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await task()
  return performance.now() - begin
}

async function readyPod({ client, watch }: Bench, name: string, { token = false } = {}): Promise<void> {
  const ready = watch.ready(name)
  await client.create(Pod, {
    metadata: { name, namespace: 'default', labels: { bench: 'true' } },
    spec: {
      containers: [{ name: 'c', image: IMAGE, imagePullPolicy: 'IfNotPresent', command: COMMAND }],
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: token,
    },
  } as unknown as Parameters<typeof client.create<Pod>>[1])
  await ready
}

/** What no implementation can do without: create pause, start it while the container is created, start the container. */
async function barePod({ docker, network }: Bench, name: string): Promise<void> {
  const labels = { 'kubeling.bench': 'true' }
  const pause = await docker.createContainer({
    name: `bench-pause-${name}`,
    Image: PAUSE,
    Labels: labels,
    HostConfig: { NetworkMode: network, IpcMode: 'shareable' },
  })
  const [container] = await Promise.all([
    docker.createContainer({
      name: `bench-app-${name}`,
      Image: IMAGE,
      Cmd: COMMAND,
      Labels: labels,
      HostConfig: { NetworkMode: `container:${pause.id}`, IpcMode: `container:${pause.id}` },
    }),
    pause.start(),
  ])
  await container.start()
}

async function clear({ client, docker }: Bench): Promise<void> {
  const containers = await docker.listContainers({ all: true, filters: { label: ['kubeling.bench=true'] } })
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true })))
  const list = async () => (await client.list(Pod, { namespace: 'default', labelSelector: 'bench=true' })).items
  const pods = await list()
  await Promise.all(pods.map(pod => client.delete(Pod, { namespace: 'default', name: pod.metadata.name }, { gracePeriodSeconds: 0 })))
  // A pod deleted without a grace period is gone from the API before its containers are.
  const busy = async () => (await docker.listContainers({ all: true, filters: { name: ['_bench-'] } })).length
  while ((await list()).length > 0 || (await busy()) > 0) await new Promise(resolve => setTimeout(resolve, 100))
}
