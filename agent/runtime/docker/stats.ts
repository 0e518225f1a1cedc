import type Docker from 'dockerode'
import type { ContainerStats, InterfaceStats, PodStats, WrittenBytes } from '../runtime.ts'
import { isMissing, toRuntimeError, translated } from './errors.ts'
import { identityOf, isPodContainer, isSandbox, labels, ownerFilter } from './labels.ts'
import type { DockerContext } from './options.ts'

type Found = Docker.ContainerInfo & { readonly SizeRw?: number }
interface Measured {
  readonly found: Docker.ContainerInfo
  readonly usage: ContainerStats
  readonly interfaces: readonly InterfaceStats[]
}

/** What the containers of a pod use now, from their cgroups; those that end meanwhile are left out. */
export async function stats(context: DockerContext, uid: string): Promise<PodStats> {
  const filters = { label: ownerFilter(context, `${labels.podUid}=${uid}`), status: ['running'] }
  const running = await translated(context.docker.listContainers({ filters }))
  const all = (await Promise.all(running.map(found => one(context, found)))).flatMap(measured => measured ?? [])
  const sandbox = all.find(({ found }) => isSandbox(found.Labels))
  return {
    containers: all.filter(measured => !isSandbox(measured.found.Labels)).map(({ usage }) => usage),
    ...(sandbox ? { sandbox: sandbox.usage } : {}),
    // The network is the sandbox's: its containers join it.
    interfaces: sandbox?.interfaces ?? [],
  }
}

export async function writtenBytes(context: DockerContext): Promise<WrittenBytes[]> {
  const filters = { label: ownerFilter(context) }
  const all: Found[] = await translated(context.docker.listContainers({ all: true, size: true, filters }))
  return all
    .filter(({ Labels }) => isPodContainer(Labels) && !isSandbox(Labels))
    .map(({ Id, Labels, SizeRw }) => ({
      podUid: identityOf(Labels).uid,
      name: Labels[labels.containerName] ?? '',
      id: Id,
      // The engine leaves out that nothing was written.
      bytes: SizeRw ?? 0,
    }))
}

async function one({ docker }: DockerContext, found: Docker.ContainerInfo): Promise<Measured | undefined> {
  try {
    const read = await docker.getContainer(found.Id).stats({ stream: false, 'one-shot': true })
    if (!isMeasured(read)) return undefined
    return { found, usage: usageOf(found, read), interfaces: interfacesOf(read) }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw toRuntimeError(error)
  }
}

/** Of a container that ends meanwhile the engine tells nothing at all, or figures that nobody has taken. */
export const isMeasured = ({ memory_stats, read }: Partial<Docker.ContainerStats>): boolean =>
  memory_stats !== undefined && read !== undefined && !read.startsWith('0001-')

function usageOf({ Id, Image, Labels }: Docker.ContainerInfo, read: Docker.ContainerStats): ContainerStats {
  const memory = read.memory_stats
  const usage = memory.usage ?? 0
  const details: Partial<Record<string, number>> = { ...memory.stats }
  // The names of cgroup v1 and of v2.
  const detail = (...names: string[]) => names.map(name => details[name]).find(value => value !== undefined) ?? 0
  return {
    name: Labels[labels.containerName] ?? '',
    id: Id,
    image: Image,
    cpuNanoseconds: read.cpu_stats.cpu_usage.total_usage,
    memoryBytes: usage,
    workingSetBytes: Math.max(0, usage - detail('total_inactive_file', 'inactive_file')),
    rssBytes: detail('total_rss', 'anon'),
    pageFaults: detail('total_pgfault', 'pgfault'),
    majorPageFaults: detail('total_pgmajfault', 'pgmajfault'),
    processes: read.pids_stats?.current ?? 0,
    time: read.read,
  }
}

const interfacesOf = ({ networks }: { readonly networks?: Docker.NetworkStats }): InterfaceStats[] =>
  Object.entries(networks ?? {}).map(([name, { rx_bytes, rx_errors, tx_bytes, tx_errors }]) => ({
    name,
    rxBytes: rx_bytes,
    rxErrors: rx_errors,
    txBytes: tx_bytes,
    txErrors: tx_errors,
  }))
