import type { Pod } from '../../api/core/pod.ts'
import { podQosClass } from '../../api/core/pod-qos.ts'
import { isCriticalPod } from '../../api/critical-pod.ts'
import { toleratesTaint } from '../../api/tolerations.ts'
import type { Pressure } from './thresholds.ts'

const memoryTaint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' } as const

/** Upstream's admission of the eviction manager: what the node cannot bear now. Critical pods come in all the same. */
export function admitUnderPressure(pod: Pod, pressures: readonly Pressure[]): { reason: string; message: string } | undefined {
  if (pressures.length === 0 || isCriticalPod(pod)) return undefined
  // Short of memory alone, a node takes who said how much it needs, and who can bear it.
  const onlyMemory = pressures.every(pressure => pressure === 'MemoryPressure')
  if (onlyMemory && (podQosClass(pod.spec) !== 'BestEffort' || toleratesTaint(pod.spec.tolerations, memoryTaint))) return undefined
  return { reason: 'Evicted', message: `The node had condition: [${pressures.join(' ')}]. ` }
}
