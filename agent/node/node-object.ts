import type { Node, NodeCondition } from '../../api/core/node.ts'
import type { Taint } from '../../api/core/affinity.ts'
import { timestamp } from '../../api/time.ts'
import { isEqual } from '../../common/equal.ts'
import { kubernetesVersion } from '../../common/version.ts'

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
  readonly machine: {
    readonly machineId: string
    readonly bootId: string
    readonly kernelVersion: string
    readonly osImage: string
    readonly operatingSystem: string
    readonly architecture: string
    readonly containerRuntimeVersion: string
  }
}

/** What the node says of itself now; everything it is not told is fine. */
export interface NodeHealth {
  /** Why the node cannot run pods yet; undefined once it can. */
  readonly notReady: string | undefined
  readonly images: readonly { readonly names: string[]; readonly sizeBytes: number }[]
}

/** Memory that upstream's default hard eviction threshold keeps from pods. */
const EVICTION_MEMORY_BYTES = 100 * 1024 * 1024
/** Share of the disk that pods may fill before upstream's default hard eviction. */
const ALLOCATABLE_STORAGE = 0.9
/** Upstream reports at most this many images (nodeStatusMaxImages), and of each at most this many names. */
const REPORTED_IMAGES = 50
const REPORTED_NAMES = 5

const kibibytes = (bytes: number) => `${Math.floor(bytes / 1024)}Ki`

export const nodeLabels = (facts: NodeFacts): Record<string, string> => ({
  'beta.kubernetes.io/arch': facts.machine.architecture,
  'beta.kubernetes.io/os': facts.machine.operatingSystem,
  'kubernetes.io/arch': facts.machine.architecture,
  'kubernetes.io/hostname': facts.name,
  'kubernetes.io/os': facts.machine.operatingSystem,
  ...facts.labels,
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
  const extended = { ...advertised(context.capacity), ...facts.extendedResources }
  return {
    addresses: [
      { type: 'InternalIP', address: facts.address },
      { type: 'Hostname', address: facts.name },
    ],
    capacity: {
      cpu: String(facts.cpus),
      'ephemeral-storage': kibibytes(facts.storageBytes),
      'hugepages-1Gi': '0',
      'hugepages-2Mi': '0',
      memory: kibibytes(facts.memoryBytes),
      pods: String(facts.pods),
      ...extended,
    },
    allocatable: {
      cpu: String(facts.cpus),
      'ephemeral-storage': String(Math.floor(facts.storageBytes * ALLOCATABLE_STORAGE)),
      'hugepages-1Gi': '0',
      'hugepages-2Mi': '0',
      memory: kibibytes(Math.max(0, facts.memoryBytes - EVICTION_MEMORY_BYTES)),
      pods: String(facts.pods),
      ...extended,
    },
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
    },
    images: reportedImages(health.images),
  }
}

/** The largest ones: they are what it is worth to send a pod to. */
const reportedImages = (images: NodeHealth['images']): NodeHealth['images'][number][] =>
  [...images]
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
    .slice(0, REPORTED_IMAGES)
    .map(({ names, sizeBytes }) => ({ names: names.slice(0, REPORTED_NAMES), sizeBytes }))

function nodeConditions(health: NodeHealth, { previous, now }: StatusContext): NodeCondition[] {
  const fine = [
    { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available' },
    { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' },
    { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' },
  ]
  const ready =
    health.notReady === undefined
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: health.notReady }
  return [...fine, ready].map(condition => {
    const before = previous.find(({ type }) => type === condition.type)
    const unchanged = before?.status === condition.status
    return {
      ...condition,
      lastHeartbeatTime: timestamp(now),
      lastTransitionTime: unchanged && before.lastTransitionTime ? before.lastTransitionTime : timestamp(now),
    } as NodeCondition
  })
}

/** Do two statuses say the same but for the heartbeat? Then the newer one need not be written before its time. */
export function sameNodeStatus(a: Node['status'], b: Node['status']): boolean {
  const silent = (status: Node['status']) => ({
    ...status,
    conditions: (status.conditions ?? []).map(condition => ({ ...condition, lastHeartbeatTime: '' })),
  })
  return isEqual(silent(a), silent(b))
}
