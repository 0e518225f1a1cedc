import { statfs } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import type { Taint } from '../../api/core/affinity.ts'
import { cidrContains, parseCidr } from '../../common/cidr.ts'
import type { Runtime, RuntimeInfo } from '../runtime/runtime.ts'
import type { NodeFacts } from './node-object.ts'

export interface FactOptions {
  readonly nodeName: string
  /** The node's own address; undefined: the one that is not in the pods' range. */
  readonly address: string | undefined
  /** The range of all pods of the cluster. */
  readonly clusterCidr: string
  readonly kubeletPort: number
  readonly dataDirectory: string
  /** What the node claims to have, where that is to differ from the machine. */
  readonly cpus: number | undefined
  readonly memoryBytes: number | undefined
  readonly pods: number
  readonly extendedResources: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
}

/** Everything the Node object says that does not change while the agent runs. */
export async function gatherFacts(runtime: Runtime, options: FactOptions): Promise<NodeFacts> {
  const [info, disk] = await Promise.all([runtime.info(), statfs(options.dataDirectory)])
  return {
    name: options.nodeName,
    address: options.address ?? ownAddress(options.clusterCidr),
    kubeletPort: options.kubeletPort,
    cpus: options.cpus ?? info.cpus,
    memoryBytes: options.memoryBytes ?? info.memoryBytes,
    storageBytes: disk.blocks * disk.bsize,
    pods: options.pods,
    extendedResources: options.extendedResources,
    labels: options.labels,
    taints: options.taints,
    machine: machineOf(info),
  }
}

const machineOf = (info: RuntimeInfo): NodeFacts['machine'] => ({
  machineId: info.machineId ?? '',
  bootId: info.bootId ?? '',
  kernelVersion: info.kernelVersion,
  osImage: info.osImage,
  operatingSystem: info.operatingSystem,
  architecture: info.architecture,
  containerRuntimeVersion: `${info.name}://${info.version}`,
})

/**
 * The IPv4 addresses that are neither loopback nor on the pods' side. After a restart Docker may have swapped the interfaces'
 * names, so their order says nothing.
 */
export function ownAddresses(clusterCidr: string): string[] {
  const pods = parseCidr(clusterCidr)
  return Object.values(networkInterfaces())
    .flatMap(addresses => addresses ?? [])
    .filter(({ family, internal, address }) => family === 'IPv4' && !internal && !cidrContains(pods, address))
    .map(({ address }) => address)
}

export function ownAddress(clusterCidr: string): string {
  const [own] = ownAddresses(clusterCidr)
  if (!own)
    throw new Error("this node has no IPv4 address outside the pods' range: is its container connected to the network of the nodes?")
  return own
}
