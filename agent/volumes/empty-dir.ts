import type { EmptyDirVolumeSource } from '../../api/core/volume.ts'
import { parseQuantity, quantityToNumber } from '../../api/quantity.ts'
import type { VolumeConfig } from '../runtime/runtime.ts'

/** As quantities: what the pod's containers may use together, and what the node has. */
export interface MemoryLimits {
  readonly pod?: string | undefined
  readonly node?: string | undefined
}

/**
 * A directory that is empty when the pod starts and lives as long as the pod; in memory when asked for, and then at most as
 * large as the least of its own limit, the pod's and the node's.
 */
export function emptyDir(
  { medium, sizeLimit }: EmptyDirVolumeSource,
  { pod, node }: MemoryLimits,
): Pick<VolumeConfig, 'memory'> & { readonly mode: number } {
  if (medium !== 'Memory') return { mode: 0o777 }
  const limits = [sizeLimit, pod, node].map(limit => quantityToNumber(parseQuantity(limit ?? '0'))).filter(bytes => bytes > 0)
  return { mode: 0o1777, memory: { sizeBytes: limits.length > 0 ? Math.min(...limits) : 0 } }
}
