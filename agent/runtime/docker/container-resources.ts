import type Docker from 'dockerode'
import type { ContainerResources } from '../runtime.ts'
import { settled } from './errors.ts'
import type { DockerContext } from './options.ts'

/** No swap beyond the memory limit, as kubelet has it. */
export const resourcesOf = (resources: ContainerResources, canLowerOomScore: boolean): Docker.HostConfig => ({
  ...(resources.cpuShares ? { CpuShares: resources.cpuShares } : {}),
  ...(resources.cpuQuotaMicros ? { CpuQuota: resources.cpuQuotaMicros, CpuPeriod: resources.cpuPeriodMicros ?? 100_000 } : {}),
  ...(resources.memoryBytes ? { Memory: resources.memoryBytes, MemorySwap: resources.memoryBytes } : {}),
  ...(resources.pidsLimit ? { PidsLimit: resources.pidsLimit } : {}),
  ...(resources.oomScoreAdj !== undefined && canLowerOomScore ? { OomScoreAdj: resources.oomScoreAdj } : {}),
})

/** The same from what the engine says of a container. */
export const resourcesFrom = ({ CpuShares, CpuQuota, CpuPeriod, Memory, PidsLimit }: Docker.HostConfig): ContainerResources => ({
  ...(CpuShares ? { cpuShares: CpuShares } : {}),
  ...(CpuQuota && CpuQuota > 0 ? { cpuQuotaMicros: CpuQuota, cpuPeriodMicros: CpuPeriod || 100_000 } : {}),
  ...(Memory ? { memoryBytes: Memory } : {}),
  ...(PidsLimit && PidsLimit > 0 ? { pidsLimit: PidsLimit } : {}),
})

/** Changes the limits of a running container; the OOM score stays what it was made with. */
export async function updateContainerResources({ docker }: DockerContext, id: string, resources: ContainerResources): Promise<void> {
  await settled(docker.getContainer(id).update(resourcesOf(resources, false)))
}
