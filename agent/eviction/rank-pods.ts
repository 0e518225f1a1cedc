import type { Pod } from '../../api/core/pod.ts'
import { quantityToNumber } from '../../api/quantity.ts'
import { podResources } from '../../api/pod-resources.ts'
import { diskOf, memoryOf, processesOf, type PodUsage, type Usages } from './pod-usage.ts'
import type { StarvedResource } from './thresholds.ts'

/** Negative: the first is evicted first. */
type Order = (a: Pod, b: Pod) => number

/** Inodes are not counted per pod: there priority alone decides. */
const measures: Readonly<Record<StarvedResource, (usage: PodUsage) => number>> = {
  memory: memoryOf,
  'ephemeral-storage': diskOf,
  inodes: () => 0,
  pids: processesOf,
}

/** Upstream's order of eviction: who uses more than it requested, then the lower priority, then who exceeds its request by most. */
export function rankPods(pods: readonly Pod[], resource: StarvedResource, usages: Usages): Pod[] {
  const excess = ({ metadata, spec }: Pod): number => {
    const usage = usages.get(metadata.uid)
    // Nobody can say how much less a pod uses than another that was not measured: it goes first.
    return usage ? measures[resource](usage) - quantityToNumber(podResources(spec, 'requests')[resource] ?? '0') : Infinity
  }
  const excessOf = new Map(pods.map(pod => [pod, excess(pod)]))
  const of = (pod: Pod) => excessOf.get(pod) ?? 0
  const exceeding: Order = (a, b) => Number(of(b) > 0) - Number(of(a) > 0)
  const priority: Order = (a, b) => (a.spec.priority ?? 0) - (b.spec.priority ?? 0)
  const most: Order = (a, b) => (of(a) === of(b) ? 0 : of(b) - of(a))
  // Processes cannot be requested.
  const orders = resource === 'pids' ? [priority, most] : [exceeding, priority, most]
  return [...pods].sort((a, b) => orders.reduce((decided, order) => decided || order(a, b), 0))
}
