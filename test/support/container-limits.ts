import { eventually } from './eventually.ts'
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

/** Nothing but the shell itself: where CPU is short, every further process takes its time. */
const script = `
cd /sys/fs/cgroup
if [ -f memory.max ]; then
  read shares < cpu.weight; read quota period < cpu.max; read memory < memory.max; version=2
else
  read shares < cpu/cpu.shares; read quota < cpu/cpu.cfs_quota_us; read memory < memory/memory.limit_in_bytes; version=1
  while read name value; do [ $name = hierarchical_memory_limit ] && above=$value; done < memory/memory.stat
fi
read oom < /proc/1/oom_score_adj
echo version=$version shares=$shares quota=$quota memory=$memory above=$above oom=$oom end=`

/** What a container reads of itself in its cgroup's files, whichever version they are of. */
export async function kernelLimits(kubectl: Kubectl, where: string): Promise<KernelLimits> {
  const read = await eventually(async () => {
    const output = await kubectl(`exec ${where} -- sh -c '${script}'`, { timeoutSeconds: 100 })
    const pairs = output
      .trim()
      .split(' ')
      .map(pair => pair.split('=') as [string, string])
    return pairs.some(([name]) => name === 'end') && new Map(pairs)
  })
  const limit = (name: string) => {
    const value = Number(read.get(name) || NaN)
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
