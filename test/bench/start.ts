import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type Docker from 'dockerode'
import { Node } from '../../api/core/node.ts'
import type { Client } from '../../client/client.ts'
import { percentile, type Figure } from './figures.ts'

const execute = promisify(execFile)

const ROUNDS = 5
/** After a start the machine has other things to do for a while: certificates, probes, what was waiting. */
const QUIET_MILLISECONDS = 5000

interface Start {
  readonly server: number
  readonly nodes: number
  readonly bare: number
  readonly node: number
}

/**
 * From a stopped cluster, in seconds: until the API server answers, and until every node says that it is ready. Beside it, in the
 * same rounds, what the engine takes to start as many containers of the same images that do nothing, and Node.js for no program.
 */
export async function startFigures(client: Client, docker: Docker, cluster: string): Promise<Figure[]> {
  const containers = await containersOf(docker, cluster)
  const bare = await Promise.all(containers.map(container => bareTwin(container, docker)))
  const rounds: Start[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(containers.map(container => container.stop({ t: 10 })))
      const seconds = await secondsOf(() => startAll(bare))
      await Promise.all(bare.map(container => container.stop({ t: 0 })))
      const node = await secondsOf(() => execute(process.execPath, ['-e', '0']))
      rounds.push({ ...(await startCluster(client, containers)), bare: seconds, node })
      await sleep(QUIET_MILLISECONDS)
    }
  } finally {
    await Promise.all(bare.map(container => container.remove({ force: true, v: true })))
  }
  const figure = (name: string, of: keyof Start, most?: number): Figure => {
    const samples = rounds.map(round => round[of])
    return {
      name,
      value: percentile(samples, 0.5),
      unit: 's',
      ...(most === undefined ? {} : { aim: { bound: 'most', value: most } }),
      beside: `${Math.min(...samples).toFixed(2)} to ${Math.max(...samples).toFixed(2)} in ${ROUNDS} rounds`,
    }
  }
  return [
    figure('API server answers', 'server', 1),
    figure(`${containers.length - 1} nodes Ready`, 'nodes', 3),
    figure(`${containers.length} bare containers started`, 'bare'),
    figure('an empty Node.js', 'node'),
  ]
}

async function startCluster(client: Client, containers: readonly Docker.Container[]): Promise<Pick<Start, 'server' | 'nodes'>> {
  const stoppedAt = Math.floor(Date.now() / 1000) * 1000
  const begin = performance.now()
  const elapsed = () => (performance.now() - begin) / 1000
  const starting = startAll(containers)
  const nodesNow = () => client.list(Node, { signal: AbortSignal.timeout(1000) })
  await firstAnswer(nodesNow)
  const server = elapsed()
  // Ready counts only when this start's kubelet said so: by a status written since.
  const saysReady = ({ status }: Node) =>
    status.conditions?.some(
      ({ type, status, lastHeartbeatTime }) => type === 'Ready' && status === 'True' && Date.parse(lastHeartbeatTime ?? '') >= stoppedAt,
    )
  while (!(await nodesNow()).items.every(saysReady)) await sleep(20)
  const nodes = elapsed()
  await starting
  return { server, nodes }
}

/** An attempt made before the container has its address waits a second until its packet is sent again: others overtake it. */
async function firstAnswer(attempt: () => Promise<unknown>): Promise<void> {
  let answered = false
  while (!answered) {
    attempt().then(
      () => (answered = true),
      () => undefined,
    )
    await sleep(100)
  }
}

/** As compose does it: what the others depend on first, then the others together. */
async function startAll([first, ...others]: readonly Docker.Container[]): Promise<void> {
  await first?.start()
  await Promise.all(others.map(container => container.start()))
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await work()
  return (performance.now() - begin) / 1000
}

/** A container of the same image, network and published port that only sleeps. */
async function bareTwin(container: Docker.Container, docker: Docker): Promise<Docker.Container> {
  const { Config, HostConfig } = await container.inspect()
  return docker.createContainer({
    Image: Config.Image,
    Entrypoint: ['/bin/sleep', '600'],
    Cmd: [],
    ...(Config.ExposedPorts ? { ExposedPorts: Config.ExposedPorts as Record<string, object> } : {}),
    HostConfig: {
      ...(HostConfig.CapAdd ? { CapAdd: HostConfig.CapAdd } : {}),
      ...(HostConfig.NetworkMode ? { NetworkMode: HostConfig.NetworkMode } : {}),
      PortBindings: HostConfig.PortBindings as object,
    },
  })
}

/** The containers of compose, the control plane first. */
async function containersOf(docker: Docker, cluster: string): Promise<Docker.Container[]> {
  const label = [`io.kubeling.cluster=${cluster}`, 'com.docker.compose.service']
  const found = await docker.listContainers({ all: true, filters: { label } })
  const isControlPlane = (each: Docker.ContainerInfo) => each.Labels['com.docker.compose.service'] === 'control-plane'
  return found.sort((a, b) => Number(isControlPlane(b)) - Number(isControlPlane(a))).map(({ Id }) => docker.getContainer(Id))
}
