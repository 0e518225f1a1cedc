import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import { podQosClass } from '../../api/core/pod-qos.ts'
import { hasPodLevelResources, podResources } from '../../api/pod-resources.ts'
import { milliValue, quantityToNumber } from '../../api/quantity.ts'
import { cpuPeriodMicros, quotaOf, sharesOf } from '../runtime/cpu-units.ts'
import type { ContainerResources } from '../runtime/runtime.ts'
import { oomScoreAdj } from './oom-score.ts'

/** What the node adds to what a pod says. */
export interface NodeLimits {
  /** Capacity in bytes: what OOM scores are relative to. */
  readonly nodeMemory: number
  /** Processes that a pod may have; undefined: as many as it likes. Upstream's podPidsLimit. */
  readonly podPidsLimit?: number | undefined
}

type Amount = string | undefined
const milli = (amount: Amount) => (amount === undefined ? 0 : milliValue(amount))
const bytes = (amount: Amount) => (amount === undefined ? 0 : quantityToNumber(amount))

const limitsOf = (cpu: Amount, memory: Amount): ContainerResources => ({
  ...(milli(cpu) > 0 ? { cpuPeriodMicros, cpuQuotaMicros: quotaOf(milli(cpu)) } : {}),
  ...(bytes(memory) > 0 ? { memoryBytes: bytes(memory) } : {}),
})

/** Requests become shares, limits become quota and memory limit; a container without a limit has that of its pod. */
export function containerResources(pod: Pod, container: Container, node: NodeLimits): ContainerResources {
  const { requests = {}, limits = {} } = container.resources ?? {}
  const whole = pod.spec.resources?.limits ?? {}
  const cpu = milli(limits.cpu) > 0 ? limits.cpu : whole.cpu
  const memory = bytes(limits.memory) > 0 ? limits.memory : whole.memory
  return {
    cpuShares: sharesOf(milli(requests.cpu ?? cpu)),
    ...limitsOf(cpu, memory),
    ...(node.podPidsLimit ? { pidsLimit: node.podPidsLimit } : {}),
    oomScoreAdj: oomScoreAdj(pod, container, node.nodeMemory),
  }
}

/** Whether every container limits the resource, or the pod does for all of them. */
function declaresLimit({ spec }: Pod, name: 'cpu' | 'memory'): boolean {
  if (hasPodLevelResources(spec)) return spec.resources?.limits?.[name] !== undefined
  return [...spec.containers, ...(spec.initContainers ?? [])].every(({ resources }) => resources?.limits?.[name] !== undefined)
}

/** What the containers of a pod may use together; upstream's ResourceConfigForPod. */
export function podCgroup(pod: Pod, { podPidsLimit }: Pick<NodeLimits, 'podPidsLimit'>): ContainerResources {
  const pids = podPidsLimit ? { pidsLimit: podPidsLimit } : {}
  if ((pod.status.qosClass ?? podQosClass(pod.spec)) === 'BestEffort') return { cpuShares: sharesOf(0), ...pids }
  const limits = podResources(pod.spec, 'limits')
  return {
    cpuShares: sharesOf(milli(podResources(pod.spec, 'requests').cpu)),
    ...limitsOf(declaresLimit(pod, 'cpu') ? limits.cpu : undefined, declaresLimit(pod, 'memory') ? limits.memory : undefined),
    ...pids,
  }
}

/** Only what the pod says as a whole needs its containers held together: sums of their own limits hold by themselves. */
export const needsPodCgroup = ({ spec }: Pod, { podPidsLimit }: Pick<NodeLimits, 'podPidsLimit'>): boolean =>
  hasPodLevelResources(spec) || podPidsLimit !== undefined
