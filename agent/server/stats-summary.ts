import type { ContainerStats, InterfaceStats, PodStats } from '../runtime/runtime.ts'
import type { CpuRates } from './cpu-rates.ts'
import type { FileSystem, NodeUsage } from './node-stats.ts'
import type { FoundPod } from './pod-source.ts'

/** A pod with all that was measured of it. */
export interface MeasuredPod extends FoundPod {
  readonly stats: PodStats
  /** Bytes that its containers have written, by their ids; none when disks were not looked at. */
  readonly written: ReadonlyMap<string, number>
  /** Bytes that its volumes take up, by their names. */
  readonly volumes: ReadonlyMap<string, number>
}
export interface Measurements {
  readonly nodeName: string
  readonly time: string
  readonly node: NodeUsage
  readonly pods: readonly MeasuredPod[]
}

interface Cpu {
  readonly id: string
  readonly time: string
  readonly nanoseconds: number
  readonly startTime?: string | undefined
}

/** The Summary of kubelet's stats API, from what was measured. */
export function statsSummary(measured: Measurements, rates: CpuRates) {
  const { node, time, nodeName } = measured
  const cpu = ({ id, time, nanoseconds, startTime }: Cpu) => {
    const usageNanoCores = rates.rate(id, { time, nanoseconds, startTime })
    return { time, ...(usageNanoCores === undefined ? {} : { usageNanoCores }), usageCoreNanoSeconds: nanoseconds }
  }
  const pods = measured.pods.map(pod => podSummary(pod, { cpu, time, fileSystem: node.fileSystem }))
  const sum = (read: (pod: (typeof pods)[number]) => number) => pods.reduce((total, pod) => total + read(pod), 0)
  const fs = { time, ...node.fileSystem }
  const { agent } = node
  return {
    node: {
      nodeName,
      systemContainers: [
        {
          name: 'kubelet',
          startTime: agent.startTime,
          cpu: cpu({ id: 'kubelet', time, nanoseconds: agent.cpuNanoseconds, startTime: agent.startTime }),
          memory: { time, usageBytes: agent.memoryBytes, workingSetBytes: agent.memoryBytes, rssBytes: agent.memoryBytes },
        },
        {
          name: 'pods',
          startTime: node.startTime,
          cpu: cpu({ id: 'pods', time, nanoseconds: sum(pod => pod.cpu.usageCoreNanoSeconds) }),
          memory: { time, usageBytes: sum(pod => pod.memory.usageBytes), workingSetBytes: sum(pod => pod.memory.workingSetBytes) },
        },
      ],
      startTime: node.startTime,
      cpu: cpu({ id: 'node', time, nanoseconds: node.cpuNanoseconds, startTime: node.startTime }),
      memory: { time, availableBytes: node.availableBytes, usageBytes: node.memoryBytes, workingSetBytes: node.workingSetBytes },
      network: network(node.interfaces, time),
      fs,
      runtime: { imageFs: fs, containerFs: fs },
      rlimit: { time, maxpid: node.maxPid, curproc: node.processes },
    },
    pods,
  }
}
export type StatsSummary = ReturnType<typeof statsSummary>

interface PodContext {
  readonly cpu: (cpu: Cpu) => { readonly time: string; readonly usageNanoCores?: number; readonly usageCoreNanoSeconds: number }
  readonly time: string
  readonly fileSystem: FileSystem
}

function podSummary({ pod, observed, stats, written, volumes }: MeasuredPod, { cpu, time, fileSystem }: PodContext) {
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {}
  const all = [...stats.containers, ...(stats.sandbox ? [stats.sandbox] : [])]
  const sum = (read: (one: ContainerStats) => number) => all.reduce((total, one) => total + read(one), 0)
  const at = all[0]?.time ?? time
  const disk = (usedBytes: number) => ({ ...space(fileSystem), time: at, usedBytes })
  const startTime = pod.status?.startTime
  const onDisk = [...written.values(), ...volumes.values()].reduce((total, bytes) => total + bytes, 0)
  return {
    podRef: { name, namespace, uid },
    ...(startTime ? { startTime } : {}),
    containers: stats.containers.map(one => {
      const started = observed.containers.find(({ id }) => id === one.id)?.startedAt
      const writtenBytes = written.get(one.id)
      return {
        name: one.name,
        ...(started ? { startTime: started } : {}),
        cpu: cpu({ id: one.id, time: one.time, nanoseconds: one.cpuNanoseconds, startTime: started }),
        memory: memory(one.time, one),
        ...(writtenBytes === undefined ? {} : { rootfs: disk(writtenBytes) }),
      }
    }),
    cpu: cpu({ id: uid, time: at, nanoseconds: sum(one => one.cpuNanoseconds), startTime }),
    memory: memory(at, {
      memoryBytes: sum(one => one.memoryBytes),
      workingSetBytes: sum(one => one.workingSetBytes),
      rssBytes: sum(one => one.rssBytes),
      pageFaults: sum(one => one.pageFaults),
      majorPageFaults: sum(one => one.majorPageFaults),
    }),
    ...(stats.interfaces.length > 0 ? { network: network(stats.interfaces, at) } : {}),
    ...(volumes.size > 0 ? { volume: [...volumes].map(([name, bytes]) => ({ ...disk(bytes), name })) } : {}),
    'ephemeral-storage': disk(onDisk),
    process_stats: { process_count: sum(one => one.processes) },
  }
}

const memory = (
  time: string,
  used: Pick<ContainerStats, 'memoryBytes' | 'workingSetBytes' | 'rssBytes' | 'pageFaults' | 'majorPageFaults'>,
) => ({
  time,
  usageBytes: used.memoryBytes,
  workingSetBytes: used.workingSetBytes,
  rssBytes: used.rssBytes,
  pageFaults: used.pageFaults,
  majorPageFaults: used.majorPageFaults,
})

const space = ({ availableBytes, capacityBytes, inodes, inodesFree }: FileSystem) => ({ availableBytes, capacityBytes, inodes, inodesFree })

/** The first interface speaks for the whole, as upstream has it for eth0. */
function network(all: readonly InterfaceStats[], time: string) {
  const interfaces = all.map(({ name, rxBytes, rxErrors, txBytes, txErrors }) => ({ name, rxBytes, rxErrors, txBytes, txErrors }))
  return { time, ...(interfaces.find(({ name }) => name === 'eth0') ?? interfaces[0]), interfaces }
}
