import type { Container } from '../../api/core/container.ts'
import { milliValue, parseQuantity, quantityToNumber } from '../../api/quantity.ts'
import type { ContainerResources } from '../runtime/runtime.ts'

const period = 100_000
const milliCpu = (amount: string | undefined) => (amount === undefined ? undefined : milliValue(parseQuantity(amount)))
const bytes = (amount: string | undefined) => (amount === undefined ? undefined : quantityToNumber(parseQuantity(amount)))

/** 1000 is killed first when the node runs out of memory. */
function oomScore(qosClass: string | undefined, memoryRequest: number, nodeMemory: number): number {
  if (qosClass === 'Guaranteed') return -997
  if (qosClass === 'BestEffort' || nodeMemory <= 0) return 1000
  const score = 1000 - Math.floor((1000 * memoryRequest) / nodeMemory)
  return Math.min(999, Math.max(3, score))
}

/** Requests become shares, limits become quota and memory limit, as upstream computes them. */
export function containerResources(container: Container, qosClass: string | undefined, nodeMemory: number): ContainerResources {
  const { requests = {}, limits = {} } = container.resources ?? {}
  const request = milliCpu(requests.cpu) ?? milliCpu(limits.cpu) ?? 0
  const limit = milliCpu(limits.cpu) ?? 0
  const memory = bytes(limits.memory) ?? 0
  return {
    cpuShares: Math.max(2, Math.floor((request * 1024) / 1000)),
    ...(limit > 0 ? { cpuPeriodMicros: period, cpuQuotaMicros: Math.max(1000, Math.floor((limit * period) / 1000)) } : {}),
    ...(memory > 0 ? { memoryBytes: memory } : {}),
    oomScoreAdj: oomScore(qosClass, bytes(requests.memory) ?? 0, nodeMemory),
  }
}
