import { tunnelAnnotation } from '../../api/core/node-tunnel.ts'
import type { Node, NodeCondition } from '../../api/core/node.ts'
import type { Taint } from '../../api/core/affinity.ts'
import { formatQuantity } from '../../api/quantity.ts'
import { isEqual } from '../../common/equal.ts'
import { kubernetesVersion } from '../../common/version.ts'
import { allocatable, type Amounts } from './allocatable.ts'
import { nodeConditions, type NodeVerdict } from './node-conditions.ts'

/** What a RuntimeClass may name. */
interface RuntimeHandler {
  readonly name: string
  readonly recursiveReadOnlyMounts: boolean
  readonly userNamespaces: boolean
}

/** What the machine offers; from the container runtime unless configured. */
export interface NodeFacts {
  readonly name: string
  readonly address: string
  /** Where other machines reach the node, when it is not on the control plane's machine. */
  readonly externalIp?: string | undefined
  /** Where other machines reach the node's end of the tunnel between nodes. */
  readonly tunnelEndpoint?: string | undefined
  readonly kubeletPort: number
  readonly cpus: number
  readonly memoryBytes: number
  readonly storageBytes: number
  readonly pods: number
  /** How many images it reports at most. */
  readonly maxImages: number
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

/** Upstream reports at most this many names of an image. */
const REPORTED_NAMES = 5

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

export const nodeAnnotations = ({ tunnelEndpoint }: Pick<NodeFacts, 'tunnelEndpoint'>): Record<string, string> => ({
  'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
  ...(tunnelEndpoint ? { [tunnelAnnotation]: tunnelEndpoint } : {}),
})

export interface StatusContext {
  /** The conditions so far, with the times at which they last changed. */
  readonly previous: readonly NodeCondition[]
  /** The capacity so far, to which others may have added. */
  readonly capacity?: Readonly<Record<string, string>> | undefined
  readonly now: Date
}

/** Extended resources that an administrator wrote into the node's capacity: they stay, and can be allocated. */
const advertised = (capacity: StatusContext['capacity'] = {}) =>
  Object.fromEntries(Object.entries(capacity).filter(([name]) => name.includes('/') && !name.includes('kubernetes.io/')))

/** The status as it should be now. */
export function nodeStatus(facts: NodeFacts, health: NodeHealth, context: StatusContext): Node['status'] {
  const capacity: Amounts = {
    cpu: String(facts.cpus),
    'ephemeral-storage': kibibytes(facts.storageBytes),
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: kibibytes(facts.memoryBytes),
    pods: String(facts.pods),
    ...advertised(context.capacity),
    ...facts.extendedResources,
  }
  return {
    addresses: [
      { type: 'InternalIP', address: facts.address },
      ...(facts.externalIp ? [{ type: 'ExternalIP', address: facts.externalIp }] : []),
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
    images: reportedImages(health.images, facts.maxImages),
    runtimeHandlers: facts.runtimeHandlers.map(({ name, ...features }) => ({ name, features })),
    features: { supplementalGroupsPolicy: true },
  }
}

/** The largest ones: they are what it is worth to send a pod to. */
const reportedImages = (images: NodeHealth['images'], most: number): NodeHealth['images'][number][] =>
  [...images]
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
    .slice(0, most)
    .map(({ names, sizeBytes }) => ({ names: names.slice(0, REPORTED_NAMES), sizeBytes }))

/**
 * What a patch has to say so that `stored` becomes `status`: resources that were taken out of the capacity go from what can be
 * allocated, too, where a merge would leave them.
 */
export function nodeStatusPatch(stored: Node['status'], status: Node['status']): object {
  const { allocatable = {} } = status
  const gone = Object.keys(stored.allocatable ?? {}).filter(name => !(name in allocatable))
  return { ...status, allocatable: { ...allocatable, ...Object.fromEntries(gone.map(name => [name, null])) } }
}

/** Do two statuses say the same but for the heartbeat? Then the newer one need not be written before its time. */
export function sameNodeStatus(a: Node['status'], b: Node['status']): boolean {
  const silent = (status: Node['status']) => ({
    ...status,
    conditions: (status.conditions ?? []).map(condition => ({ ...condition, lastHeartbeatTime: '' })),
  })
  return isEqual(silent(a), silent(b))
}
