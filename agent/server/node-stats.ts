import { readFile, statfs } from 'node:fs/promises'
import { cpus, freemem, totalmem, uptime } from 'node:os'
import type { InterfaceStats } from '../runtime/runtime.ts'

/** Space and inodes of the file system that pods write to. */
export interface FileSystem {
  readonly capacityBytes: number
  readonly availableBytes: number
  readonly usedBytes: number
  readonly inodes: number
  readonly inodesFree: number
  readonly inodesUsed: number
}
/** What the machine uses, all of it: the capacity that the node shows is the machine's, too. */
export interface NodeUsage {
  readonly startTime: string
  readonly cpuNanoseconds: number
  readonly cores: number
  readonly totalBytes: number
  readonly memoryBytes: number
  readonly workingSetBytes: number
  readonly availableBytes: number
  readonly interfaces: readonly InterfaceStats[]
  readonly fileSystem: FileSystem
  readonly maxPid: number
  readonly processes: number
  /** The agent itself. */
  readonly agent: { readonly startTime: string; readonly cpuNanoseconds: number; readonly memoryBytes: number }
}

/** Asks the kernel. `dataDirectory` lies on the engine's file system, as all volumes do. */
export async function readNodeUsage(dataDirectory: string): Promise<NodeUsage> {
  const [space, memory, network, load, pidMax] = await Promise.all([
    statfs(dataDirectory),
    readFile('/proc/meminfo', 'utf8'),
    readFile('/proc/net/dev', 'utf8'),
    readFile('/proc/loadavg', 'utf8'),
    readFile('/proc/sys/kernel/pid_max', 'utf8'),
  ])
  const availableBytes = Number(/^MemAvailable:\s+(\d+)/m.exec(memory)?.[1] ?? 0) * 1024
  const own = process.cpuUsage()
  const startedAgo = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString()
  return {
    startTime: startedAgo(uptime()),
    cpuNanoseconds: cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) * 1e6,
    cores: cpus().length,
    totalBytes: totalmem(),
    memoryBytes: totalmem() - freemem(),
    workingSetBytes: totalmem() - availableBytes,
    availableBytes,
    interfaces: interfacesOf(network),
    fileSystem: {
      capacityBytes: space.blocks * space.bsize,
      availableBytes: space.bavail * space.bsize,
      usedBytes: (space.blocks - space.bfree) * space.bsize,
      inodes: space.files,
      inodesFree: space.ffree,
      inodesUsed: space.files - space.ffree,
    },
    maxPid: Number(pidMax),
    processes: Number(/\/(\d+)/.exec(load)?.[1] ?? 0),
    agent: {
      startTime: startedAgo(process.uptime()),
      cpuNanoseconds: (own.user + own.system) * 1000,
      memoryBytes: process.memoryUsage.rss(),
    },
  }
}

/** The lines of /proc/net/dev, without the loopback. */
export function interfacesOf(text: string): InterfaceStats[] {
  return [...text.matchAll(/^\s*([^\s:]+):\s*(.+)$/gm)].flatMap(([, name = '', numbers = '']) => {
    const [rxBytes = 0, , rxErrors = 0, , , , , , txBytes = 0, , txErrors = 0] = numbers.trim().split(/\s+/).map(Number)
    return name === 'lo' ? [] : [{ name, rxBytes, rxErrors, txBytes, txErrors }]
  })
}
