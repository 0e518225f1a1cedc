import type Docker from 'dockerode'
import { Pod } from '../../api/core/pod.ts'
import type { Client } from '../../client/client.ts'
import { percentile, type Figure } from './figures.ts'
import { PodWatch } from './pod-watch.ts'

const IMAGE = 'busybox:1.36'
const PAUSE = 'kubeling/pause'
const COMMAND = ['sleep', '3600']
/** Waits as the pause container of a pod does, and ends at once when it is told to. */
const PAUSE_COMMAND = ['/bin/sh', '-c', "trap 'exit 0' TERM; sleep 2147483647 & wait"]
const SINGLE_RUNS = 15
const BURSTS = 3
const AT_ONCE = [20, 30]
/** As many are deleted at once, with a grace period of a second, in which their command does not end. */
const DELETED = 30
/** Whatever the grace period, kubelet gives a process two seconds between SIGTERM and SIGKILL. */
const LEAST_GRACE_SECONDS = 2

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
    const figures = await singles(bench)
    for (const count of AT_ONCE) figures.push(...(await bursts(bench, count)))
    return [...figures, ...(await deletions(bench))]
  } finally {
    watch.close()
    await clear(bench)
    await docker.getNetwork(network).remove()
  }
}

/** Runs `task` beside so many pods that do nothing, and deletes them. */
export async function withIdlePods<T>(parts: { client: Client; docker: Docker; count: number }, task: () => Promise<T>): Promise<T> {
  const { client, docker, count } = parts
  const watch = await PodWatch.open(client, 'bench=true')
  const bench = { client, docker, watch, network: '' }
  try {
    await Promise.all(Array.from({ length: count }, (_, index) => readyPod(bench, `bench-idle-${index}`)))
    return await task()
  } finally {
    watch.close()
    await clear(bench)
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
      aim: { bound: 'most', value: 1.1 },
      beside: 'kubelet with dockershim 3.6×',
    },
    { name: 'pod with a service account token, p50', value: percentile(withToken, 0.5), unit: 'ms' },
    { name: 'ratio, p50', value: medianRatio(withToken, bare), unit: '×', beside: 'the bare calls have no such volume' },
  ]
}

async function bursts(bench: Bench, count: number): Promise<Figure[]> {
  const names = Array.from({ length: count }, (_, index) => `burst-${index}`)
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
    { name: `${count} at once, bare Docker calls`, value: percentile(bare, 0.5), unit: 'ms' },
    { name: `${count} at once, pods`, value: percentile(pods, 0.5), unit: 'ms' },
    {
      name: `ratio, ${count} at once`,
      value: medianRatio(pods, bare),
      unit: '×',
      aim: { bound: 'most', value: count > 20 ? 1.05 : 1.2 },
      beside: 'kubelet with dockershim 1.6×',
    },
  ]
}

/** From the request to delete until neither the API nor the engine has anything left, next to the engine's stop and remove. */
async function deletions(bench: Bench): Promise<Figure[]> {
  const names = Array.from({ length: DELETED }, (_, index) => `gone-${index}`)
  await Promise.all(names.map(name => barePod(bench, name)))
  const bare = await timed(() => stopAndRemove(bench))
  await Promise.all(names.map(name => readyPod(bench, `bench-${name}`, { graceSeconds: 1 })))
  const pods = await timed(() => deleteAll(bench, undefined))
  return [
    { name: `${DELETED} bare pods stopped and removed`, value: bare, unit: 'ms' },
    { name: `${DELETED} pods deleted`, value: pods, unit: 'ms' },
    { name: 'ratio, deletion', value: pods / bare, unit: '×', aim: { bound: 'most', value: 1.2 } },
  ]
}

/** What a deletion cannot do without: both containers stopped, the application first, and removed. */
async function stopAndRemove({ docker }: Bench): Promise<void> {
  const containers = await docker.listContainers({ filters: { label: ['kubeling.bench=true'] } })
  const [pauses, apps] = [true, false].map(isPause =>
    containers.filter(({ Names }) => (Names[0] ?? '').includes('bench-pause-') === isPause).map(({ Id }) => docker.getContainer(Id)),
  )
  await Promise.all(
    (apps ?? []).map(async (app, index) => {
      const pause = pauses?.[index]
      await app.stop({ t: LEAST_GRACE_SECONDS })
      await pause?.remove({ force: true })
      await app.remove()
    }),
  )
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

async function readyPod({ client, watch }: Bench, name: string, { token = false, graceSeconds = 0 } = {}): Promise<void> {
  const ready = watch.ready(name)
  await client.create(Pod, {
    metadata: { name, namespace: 'default', labels: { bench: 'true' } },
    spec: {
      containers: [{ name: 'c', image: IMAGE, imagePullPolicy: 'IfNotPresent', command: COMMAND }],
      terminationGracePeriodSeconds: graceSeconds,
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
    Cmd: PAUSE_COMMAND,
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

async function clear(bench: Bench): Promise<void> {
  const { docker } = bench
  const containers = await docker.listContainers({ all: true, filters: { label: ['kubeling.bench=true'] } })
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true })))
  await deleteAll(bench, 0)
}

/** Deletes the pods of the bench and waits until nothing of them is left; without a grace period given, with their own. */
async function deleteAll({ client, docker }: Bench, gracePeriodSeconds: number | undefined): Promise<void> {
  const list = async () => (await client.list(Pod, { namespace: 'default', labelSelector: 'bench=true' })).items
  const pods = await list()
  await Promise.all(
    pods.map(pod =>
      client.delete(Pod, { namespace: 'default', name: pod.metadata.name }, gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ),
  )
  // A pod deleted without a grace period is gone from the API before its containers are.
  const busy = async () => (await docker.listContainers({ all: true, filters: { name: ['_bench-'] } })).length
  while ((await list()).length > 0 || (await busy()) > 0) await new Promise(resolve => setTimeout(resolve, 100))
}
