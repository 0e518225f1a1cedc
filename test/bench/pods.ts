import type Docker from 'dockerode'
import { Pod } from '../../api/core/pod.ts'
import type { Client } from '../../client/client.ts'
import { percentile, type Figure } from './figures.ts'

const IMAGE = 'busybox:1.36'
const PAUSE = 'kubeling/pause'
const COMMAND = ['sleep', '3600']
const SINGLE_RUNS = 15
const AT_ONCE = 20

/** A pod from create to Ready, next to the bare Docker calls for the same two containers, in turns. */
export async function podFigures(client: Client, docker: Docker): Promise<Figure[]> {
  const network = await benchNetwork(docker)
  try {
    await barePod(docker, network, 'warm')
    await readyPod(client, 'bench-warm')
    await clear(client, docker)
    const bare: number[] = []
    const pods: number[] = []
    for (let run = 0; run < SINGLE_RUNS; run++) {
      bare.push(await timed(() => barePod(docker, network, `single-${run}`)))
      pods.push(await timed(() => readyPod(client, `bench-${run}`)))
    }
    await clear(client, docker)
    const names = Array.from({ length: AT_ONCE }, (_, index) => `burst-${index}`)
    const bareBurst: number[] = []
    const podBurst: number[] = []
    for (let round = 0; round < 2; round++) {
      bareBurst.push(await timed(() => Promise.all(names.map(name => barePod(docker, network, name)))))
      await clear(client, docker)
      podBurst.push(await timed(() => Promise.all(names.map(name => readyPod(client, `bench-${name}`)))))
      await clear(client, docker)
    }
    const [bareOne, podOne, bareMany, podMany] = [
      percentile(bare, 0.5),
      percentile(pods, 0.5),
      Math.min(...bareBurst),
      Math.min(...podBurst),
    ]
    return [
      { name: 'bare Docker calls, p50', value: bareOne, unit: 'ms' },
      { name: 'pod create → Ready, p50', value: podOne, unit: 'ms' },
      {
        name: 'ratio, p50',
        value: podOne / bareOne,
        unit: '×',
        aim: { bound: 'most', value: 1.3 },
        beside: 'kubelet with dockershim 3.6×',
      },
      { name: `${AT_ONCE} at once, bare Docker calls`, value: bareMany, unit: 'ms' },
      { name: `${AT_ONCE} at once, pods`, value: podMany, unit: 'ms' },
      {
        name: `ratio, ${AT_ONCE} at once`,
        value: podMany / bareMany,
        unit: '×',
        aim: { bound: 'most', value: 1.2 },
        beside: 'kubelet with dockershim 1.6×',
      },
    ]
  } finally {
    await clear(client, docker)
    await docker.getNetwork(network).remove()
  }
}

async function timed(task: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await task()
  return performance.now() - begin
}

/** Creates a pod and waits on a watch until it is Ready. */
async function readyPod(client: Client, name: string): Promise<void> {
  const stop = new AbortController()
  const created = await client.create(Pod, {
    metadata: { name, namespace: 'default', labels: { bench: 'true' } },
    spec: {
      containers: [{ name: 'c', image: IMAGE, imagePullPolicy: 'IfNotPresent', command: COMMAND }],
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
    },
  } as unknown as Parameters<typeof client.create<Pod>>[1])
  const events = client.watch(Pod, {
    namespace: 'default',
    fieldSelector: `metadata.name=${name}`,
    resourceVersion: created.metadata.resourceVersion,
    signal: stop.signal,
  })
  for await (const event of events) {
    if (event.type === 'BOOKMARK') continue
    if (event.object.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')) break
  }
  stop.abort()
}

/** What no implementation can do without: create pause, start it while the container is created, start the container. */
async function barePod(docker: Docker, network: string, name: string): Promise<void> {
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

async function benchNetwork(docker: Docker): Promise<string> {
  const network = await docker.createNetwork({ Name: `kubeling-bench-${process.pid}`, Driver: 'bridge' })
  return network.id
}

async function clear(client: Client, docker: Docker): Promise<void> {
  const containers = await docker.listContainers({ all: true, filters: { label: ['kubeling.bench=true'] } })
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true })))
  const { items } = await client.list(Pod, { namespace: 'default', labelSelector: 'bench=true' })
  await Promise.all(items.map(pod => client.delete(Pod, { namespace: 'default', name: pod.metadata.name }, { gracePeriodSeconds: 0 })))
  const left = () => client.list(Pod, { namespace: 'default', labelSelector: 'bench=true' }).then(({ items }) => items.length)
  while ((await left()) > 0) await new Promise(resolve => setTimeout(resolve, 100))
  await new Promise(resolve => setTimeout(resolve, 1000))
}
