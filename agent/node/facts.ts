import { readFile, statfs } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import type { Taint } from '../../api/core/affinity.ts'
import { cidrContains, parseCidr } from '../../common/cidr.ts'
import { hardReserve, type Threshold } from '../eviction/thresholds.ts'
import type { Runtime, RuntimeInfo } from '../runtime/runtime.ts'
import type { Amounts } from './allocatable.ts'
import type { NodeFacts } from './node-object.ts'

export interface FactOptions {
  readonly nodeName: string
  /** The node's own address; undefined: the one that is not in the pods' range. */
  readonly address: string | undefined
  readonly externalIp: string | undefined
  readonly tunnelEndpoint: string | undefined
  /** The range of all pods of the cluster. */
  readonly clusterCidr: string
  readonly kubeletPort: number
  readonly dataDirectory: string
  /** What the node claims to have, where that is to differ from the machine. */
  readonly cpus: number | undefined
  readonly memoryBytes: number | undefined
  readonly pods: number
  readonly maxImages: number
  readonly extendedResources: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
  readonly schedulable: boolean
  readonly providerId: string | undefined
  /** `kube-reserved` and `system-reserved`. */
  readonly reserved: readonly Amounts[]
  readonly evictionThresholds: readonly Threshold[]
}

/** Everything the Node object says that does not change while the agent runs. */
export async function gatherFacts(runtime: Runtime, options: FactOptions): Promise<NodeFacts> {
  const [info, disk, meminfo, bootId] = await Promise.all([
    runtime.info(),
    statfs(options.dataDirectory),
    readFile('/proc/meminfo', 'utf8'),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
  ])
  const memoryBytes = options.memoryBytes ?? info.memoryBytes
  const storageBytes = disk.blocks * disk.bsize
  const kept = hardReserve(options.evictionThresholds, { memoryBytes, storageBytes })
  return {
    name: options.nodeName,
    address: options.address ?? ownAddress(options.clusterCidr),
    externalIp: options.externalIp,
    tunnelEndpoint: options.tunnelEndpoint,
    kubeletPort: options.kubeletPort,
    cpus: options.cpus ?? info.cpus,
    memoryBytes,
    storageBytes,
    pods: options.pods,
    maxImages: options.maxImages,
    extendedResources: options.extendedResources,
    labels: options.labels,
    taints: options.taints,
    schedulable: options.schedulable,
    providerId: options.providerId,
    reserved: [...options.reserved, { memory: String(kept.memory), 'ephemeral-storage': String(kept['ephemeral-storage']) }],
    // Docker has one runtime for all pods: the one without a name, which pods get that name none.
    runtimeHandlers: [{ name: '', recursiveReadOnlyMounts: info.recursiveReadOnlyMounts, userNamespaces: info.userNamespaces }],
    machine: { ...machineOf(info), bootId: bootId.trim(), swapBytes: Number(/^SwapTotal:\s+(\d+) kB/m.exec(meminfo)?.[1] ?? 0) * 1024 },
  }
}

const machineOf = (info: RuntimeInfo): Omit<NodeFacts['machine'], 'bootId' | 'swapBytes'> => ({
  machineId: info.machineId ?? '',
  kernelVersion: info.kernelVersion,
  osImage: info.osImage,
  operatingSystem: info.operatingSystem,
  architecture: info.architecture,
  containerRuntimeVersion: `${info.name}://${info.version}`,
})

/**
 * The IPv4 addresses that are neither loopback nor on the pods' side, nor of the tunnel, which has no network. After a restart Docker may have swapped the interfaces'
 * names, so their order says nothing.
 */
export type Interfaces = ReturnType<typeof networkInterfaces>

export function ownAddresses(clusterCidr: string, interfaces: Interfaces = networkInterfaces()): string[] {
  const pods = parseCidr(clusterCidr)
  return Object.values(interfaces)
    .flatMap(addresses => addresses ?? [])
    .filter(
      ({ family, internal, address, cidr }) =>
        family === 'IPv4' && !internal && cidr && !cidr.endsWith('/32') && !cidrContains(pods, address),
    )
    .map(({ address }) => address)
}

export function ownAddress(clusterCidr: string): string {
  const [own] = ownAddresses(clusterCidr)
  if (!own)
    throw new Error("this node has no IPv4 address outside the pods' range: is its container connected to the network of the nodes?")
  return own
}
