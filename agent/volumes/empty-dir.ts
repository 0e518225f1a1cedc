import type { EmptyDirVolumeSource } from '../../api/core/volume.ts'
import { parseQuantity, quantityToNumber } from '../../api/quantity.ts'
import type { VolumeConfig } from '../runtime/runtime.ts'

/** A directory that is empty when the pod starts and lives as long as the pod; in memory when asked for. */
export const emptyDir = ({ medium, sizeLimit }: EmptyDirVolumeSource): Pick<VolumeConfig, 'memory' | 'mode'> => ({
  mode: medium === 'Memory' ? 0o1777 : 0o777,
  ...(medium === 'Memory' ? { memory: { sizeBytes: sizeLimit ? quantityToNumber(parseQuantity(sizeLimit)) : 0 } } : {}),
})
