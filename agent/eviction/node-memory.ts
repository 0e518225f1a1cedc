import { memoryOf, type Usages } from './pod-usage.ts'
import type { Observations } from './thresholds.ts'

/** What is known of a node's memory before its pods are measured. */
export interface NodeMemory {
  /** What the node was told to have; undefined: it has the machine's. */
  readonly capacityBytes: number | undefined
  /** Kept from pods by the reserved shares. */
  readonly reservedBytes: number
}

/** Whether what pods use has to be measured to know what is left: the machine tells only about itself. */
export const countsPods = ({ capacityBytes, reservedBytes }: NodeMemory): boolean => capacityBytes !== undefined || reservedBytes > 0

/**
 * What a node has left that shares its machine with others: of the memory it was given, what its pods do not use. Where it was
 * given none, the machine's figure stands; the reserved shares bound what pods may use of either.
 */
export function withNodeMemory(machine: Observations, usages: Usages, { capacityBytes, reservedBytes }: NodeMemory): Observations {
  const used = [...usages.values()].reduce((sum, usage) => sum + memoryOf(usage), 0)
  const left = (capacity: number) => ({ available: Math.max(0, capacity - used), capacity })
  const total = capacityBytes ?? machine['memory.available']?.capacity ?? 0
  return {
    ...machine,
    ...(capacityBytes === undefined ? {} : { 'memory.available': left(capacityBytes) }),
    'allocatableMemory.available': left(Math.max(0, total - reservedBytes)),
  }
}
