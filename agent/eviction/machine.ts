import { readFile, statfs } from 'node:fs/promises'
import type { Observation, Observations } from './thresholds.ts'

/**
 * What the machine below the node has left. A node is a container: /proc shows it the machine's memory and processes, which all
 * nodes of the engine share, and the node's data directory lies on the disk that images and containers are on, too.
 */
export async function observeMachine(dataDirectory: string): Promise<Observations> {
  const [memory, disk, pids] = await Promise.all([readFile('/proc/meminfo', 'utf8'), statfs(dataDirectory), observePids()])
  const bytes: Observation = { available: disk.bavail * disk.bsize, capacity: disk.blocks * disk.bsize }
  // File systems that make inodes as they need them say that they have none.
  const inodes: Observation | undefined = disk.files > 0 ? { available: disk.ffree, capacity: disk.files } : undefined
  return {
    'memory.available': { available: meminfo(memory, 'MemAvailable'), capacity: meminfo(memory, 'MemTotal') },
    'nodefs.available': bytes,
    'imagefs.available': bytes,
    ...(inodes ? { 'nodefs.inodesFree': inodes, 'imagefs.inodesFree': inodes } : {}),
    'pid.available': pids,
  }
}

const meminfo = (text: string, name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024

/** The fourth figure of loadavg is `running/all` of the machine's processes and threads. */
async function observePids(): Promise<Observation> {
  const [limit, load] = await Promise.all([readFile('/proc/sys/kernel/pid_max', 'utf8'), readFile('/proc/loadavg', 'utf8')])
  const capacity = Number(limit)
  return { available: capacity - Number(/\/(\d+)/.exec(load)?.[1] ?? 0), capacity }
}
