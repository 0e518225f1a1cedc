import type { Pod } from '../../api/core/pod.ts'
import { systemCriticalPriority } from '../../api/critical-pod.ts'

/** How long pods of this priority, and of those above it up to the next period's, have to end. */
export interface ShutdownPeriod {
  readonly priority: number
  readonly seconds: number
}
export interface ShutdownGroup extends ShutdownPeriod {
  readonly pods: readonly Pod[]
}

interface Settings {
  /** Milliseconds. */
  readonly total: number
  readonly criticalPods: number
  readonly byPodPriority: readonly ShutdownPeriod[]
}

/** The periods from the lowest priority to the highest; none when nothing is configured, or the critical part exceeds the whole. */
export function shutdownPeriods({ total, criticalPods, byPodPriority }: Settings): ShutdownPeriod[] {
  if (byPodPriority.length > 0) return [...byPodPriority].sort((a, b) => a.priority - b.priority)
  if (total === 0 || criticalPods > total) return []
  return [
    { priority: 0, seconds: Math.floor((total - criticalPods) / 1000) },
    { priority: systemCriticalPriority, seconds: Math.floor(criticalPods / 1000) },
  ]
}

/** Which pods end in which period: the one with the highest priority not above their own, or else the lowest. */
export function shutdownGroups(periods: readonly ShutdownPeriod[], pods: readonly Pod[]): ShutdownGroup[] {
  const indexOf = ({ spec }: Pod) =>
    Math.max(
      0,
      periods.findLastIndex(({ priority }) => priority <= (spec.priority ?? 0)),
    )
  return periods
    .map((period, index) => ({ ...period, pods: pods.filter(pod => indexOf(pod) === index) }))
    .filter(({ pods }) => pods.length > 0)
}

/** A pod has what it asks for, as far as its group has that much. */
export const shutdownGrace = ({ spec }: Pod, { seconds }: ShutdownPeriod): number =>
  Math.min(spec.terminationGracePeriodSeconds ?? Infinity, seconds)
