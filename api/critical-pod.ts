import type { Pod } from './core/pod.ts'
import { isMirrorPod, isStaticPod } from './static-pods.ts'

/** The least priority of pods that a cluster cannot do without. */
export const systemCriticalPriority = 2_000_000_000

/** Upstream's IsCriticalPod: not evicted, and let in under pressure. */
export const isCriticalPod = (pod: Pod): boolean =>
  isStaticPod(pod) || isMirrorPod(pod) || (pod.spec.priority ?? 0) >= systemCriticalPriority
