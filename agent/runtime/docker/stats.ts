import type Docker from 'dockerode'
import type { ContainerStats, WrittenBytes } from '../runtime.ts'
import { isMissing, toRuntimeError, translated } from './errors.ts'
import { identityOf, isPodContainer, isSandbox, labels, ownerFilter } from './labels.ts'
import type { DockerContext } from './options.ts'

/** What the containers of a pod use now, from their cgroups; those that end meanwhile are left out. */
export async function stats(context: DockerContext, uid: string): Promise<ContainerStats[]> {
  const filters = { label: ownerFilter(context, `${labels.podUid}=${uid}`), status: ['running'] }
  const running = await translated(context.docker.listContainers({ filters }))
  const all = await Promise.all(running.filter(({ Labels }) => !isSandbox(Labels)).map(found => one(context, found)))
  return all.flatMap(found => found ?? [])
}

export async function writtenBytes(context: DockerContext): Promise<WrittenBytes[]> {
  const filters = { label: ownerFilter(context) }
  const found = await translated(context.docker.listContainers({ all: true, size: true, filters }))
  return found
    .filter(({ Labels }) => isPodContainer(Labels) && !isSandbox(Labels))
    .map(({ Id, Labels, ...rest }) => ({
      podUid: identityOf(Labels).uid,
      name: Labels[labels.containerName] ?? '',
      id: Id,
      bytes: (rest as { SizeRw?: number }).SizeRw ?? 0,
    }))
}

async function one({ docker }: DockerContext, { Id, Labels }: Docker.ContainerInfo): Promise<ContainerStats | undefined> {
  try {
    const read = await docker.getContainer(Id).stats({ stream: false, 'one-shot': true })
    const memory = read.memory_stats
    const usage = memory.usage ?? 0
    // cgroup v1 calls it total_inactive_file, v2 inactive_file.
    const details: Partial<Record<string, number>> = { ...memory.stats }
    const inactive = details['total_inactive_file'] ?? details['inactive_file'] ?? 0
    return {
      name: Labels[labels.containerName] ?? '',
      id: Id,
      cpuNanoseconds: read.cpu_stats.cpu_usage.total_usage,
      memoryBytes: usage,
      workingSetBytes: Math.max(0, usage - inactive),
      processes: read.pids_stats?.current ?? 0,
      time: read.read,
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw toRuntimeError(error)
  }
}
