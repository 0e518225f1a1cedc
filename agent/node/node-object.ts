import type { Node, NodeCondition } from '../../api/core/node.ts'
import type { Taint } from '../../api/core/affinity.ts'
import { formatQuantity } from '../../api/quantity.ts'
import { isEqual } from '../../common/equal.ts'
import { kubernetesVersion } from '../../common/version.ts'
import type { RuntimeHandler } from '../runtime/runtime.ts'
import { allocatable, type Amounts } from './allocatable.ts'
import { nodeConditions, type NodeVerdict } from './node-conditions.ts'

/** What the machine offers; from the container runtime unless configured. */
export interface NodeFacts {
  readonly name: string
  readonly address: string
  readonly kubeletPort: number
  readonly cpus: number
  readonly memoryBytes: number
  readonly storageBytes: number
  readonly pods: number
  readonly extendedResources: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
  /** False: it registers cordoned. */
  readonly schedulable: boolean
  readonly providerId: string | undefined
  /** What pods are not given, each share for its own reason. */
  readonly reserved: readonly Amounts[]
  readonly runtimeHandlers: readonly RuntimeHandler[]
  readonly machine: {
    readonly machineId: string
    readonly bootId: string
    readonly swapBytes: number
    readonly kernelVersion: string
    readonly osImage: string
    readonly operatingSystem: string
    readonly architecture: string
    readonly containerRuntimeVersion: string
  }
}

/** What the node says of itself now. */
export interface NodeHealth extends NodeVerdict {
  readonly images: readonly { readonly names: string[]; readonly sizeBytes: number }[]
}

/** Upstream reports at most this many images. */
const REPORTED_IMAGES = 50

/** Whole KiB, as the kernel counts memory. */
const kibibytes = (bytes: number) => formatQuantity({ nanos: BigInt(Math.floor(bytes / 1024)) * 1024n * 10n ** 9n, format: 'BinarySI' })

export const nodeLabels = (facts: NodeFacts): Record<string, string> => ({
  'beta.kubernetes.io/arch': facts.machine.architecture,
  'beta.kubernetes.io/os': facts.machine.operatingSystem,
  'kubernetes.io/arch': facts.machine.architecture,
  'kubernetes.io/hostname': facts.name,
  'kubernetes.io/os': facts.machine.operatingSystem,
  ...facts.labels,
})

/** The status as it should be now. `previous` keeps the times at which conditions last changed. */
export function nodeStatus(
  facts: NodeFacts,
  health: NodeHealth,
  context: { previous: readonly NodeCondition[]; now: Date },
): Node['status'] {
  const capacity: Amounts = {
    cpu: String(facts.cpus),
    'ephemeral-storage': kibibytes(facts.storageBytes),
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: kibibytes(facts.memoryBytes),
    pods: String(facts.pods),
    ...facts.extendedResources,
  }
  return {
    addresses: [
      { type: 'InternalIP', address: facts.address },
      { type: 'Hostname', address: facts.name },
    ],
    capacity,
    allocatable: allocatable(capacity, facts.reserved),
    conditions: nodeConditions(health, context),
    daemonEndpoints: { kubeletEndpoint: { Port: facts.kubeletPort } },
    nodeInfo: {
      machineID: facts.machine.machineId,
      systemUUID: facts.machine.machineId,
      bootID: facts.machine.bootId,
      kernelVersion: facts.machine.kernelVersion,
      osImage: facts.machine.osImage,
      containerRuntimeVersion: facts.machine.containerRuntimeVersion,
      kubeletVersion: kubernetesVersion,
      kubeProxyVersion: '',
      operatingSystem: facts.machine.operatingSystem,
      architecture: facts.machine.architecture,
      ...(facts.machine.swapBytes > 0 ? { swap: { capacity: facts.machine.swapBytes } } : {}),
    },
    images: [...health.images].sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, REPORTED_IMAGES),
    runtimeHandlers: facts.runtimeHandlers.map(({ name, ...features }) => ({ name, features })),
    features: { supplementalGroupsPolicy: false },
  }
}

/** Do two statuses say the same but for the heartbeat? Then the newer one need not be written before its time. */
export function sameNodeStatus(a: Node['status'], b: Node['status']): boolean {
  const silent = (status: Node['status']) => ({
    ...status,
    conditions: (status.conditions ?? []).map(condition => ({ ...condition, lastHeartbeatTime: '' })),
  })
  return isEqual(silent(a), silent(b))
}
