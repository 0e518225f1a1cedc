import type { Kubectl } from './kubectl.ts'
import { docker } from './test-cluster.ts'

/** What the engine was told. */
export interface EngineLimits {
  readonly id: string
  readonly shares: number
  readonly quota: number
  readonly memory: number
  readonly memorySwap: number
  readonly oomScoreAdj: number
}

/** What a container may use, by the name of the container in the pod (the sandbox is `POD`), from `docker inspect`. */
export async function engineLimits(podUid: string): Promise<Map<string, EngineLimits>> {
  const ids = (await docker('ps', '-q', '--no-trunc', '--filter', `label=io.kubernetes.pod.uid=${podUid}`)).trim().split('\n')
  const inspected = JSON.parse(await docker('inspect', ...ids)) as {
    Id: string
    Name: string
    HostConfig: { CpuShares: number; CpuQuota: number; Memory: number; MemorySwap: number; OomScoreAdj: number }
  }[]
  return new Map(
    inspected.map(({ Id, Name, HostConfig }) => [
      Name.split('_')[1] ?? '',
      {
        id: Id,
        shares: HostConfig.CpuShares,
        quota: HostConfig.CpuQuota,
        memory: HostConfig.Memory,
        memorySwap: HostConfig.MemorySwap,
        oomScoreAdj: HostConfig.OomScoreAdj,
      },
    ]),
  )
}

/** What the kernel works with; weights stand for shares on cgroup v2. */
export interface KernelLimits {
  readonly version: 1 | 2
  /** cpu.shares, or cpu.weight. */
  readonly shares: number
  /** Microseconds of 100 ms; undefined: no limit. */
  readonly quota: number | undefined
  readonly memory: number | undefined
  /** What a cgroup above allows at most; undefined: nothing less, or not told. */
  readonly memoryAbove: number | undefined
  readonly oomScoreAdj: number
}

const script = `
if [ -f /sys/fs/cgroup/memory.max ]; then
  echo version 2; cd /sys/fs/cgroup
  echo shares $(cat cpu.weight); echo quota $(cut -d" " -f1 cpu.max); echo memory $(cat memory.max)
else
  echo version 1; cd /sys/fs/cgroup
  echo shares $(cat cpu/cpu.shares); echo quota $(cat cpu/cpu.cfs_quota_us); echo memory $(cat memory/memory.limit_in_bytes)
  echo above $(grep hierarchical_memory_limit memory/memory.stat | cut -d" " -f2)
fi
echo oom $(cat /proc/1/oom_score_adj)`

/** What a container reads of itself in its cgroup's files, whichever version they are of. */
export async function kernelLimits(kubectl: Kubectl, where: string): Promise<KernelLimits> {
  const output = await kubectl(`exec ${where} -- sh -c '${script}'`)
  const read = new Map(
    output
      .trim()
      .split('\n')
      .map(line => line.split(' ') as [string, string]),
  )
  const limit = (name: string) => {
    const value = Number(read.get(name))
    // "max" on v2; -1 or the largest page-aligned number on v1.
    return Number.isNaN(value) || value < 0 || value > 2 ** 60 ? undefined : value
  }
  return {
    version: read.get('version') === '2' ? 2 : 1,
    shares: Number(read.get('shares')),
    quota: limit('quota'),
    memory: limit('memory'),
    memoryAbove: limit('above'),
    oomScoreAdj: Number(read.get('oom')),
  }
}
