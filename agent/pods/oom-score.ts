import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import { podQosClass } from '../../api/core/pod-qos.ts'
import { isSidecar } from '../../api/pod-containers.ts'
import { containerAmounts } from '../../api/pod-resources.ts'
import { quantityToNumber } from '../../api/quantity.ts'

const guaranteed = -997
const bestEffort = 1000

const memoryRequest = ({ resources }: Pick<Container, 'resources'>): number => quantityToNumber(resources?.requests?.memory ?? '0')

/** What a pod requests beyond its containers, shared out equally among them. */
function unclaimedShare({ spec }: Pod): number {
  const whole = spec.resources?.requests?.memory
  if (whole === undefined) return 0
  const claimed = quantityToNumber(containerAmounts(spec, 'requests')['memory'] ?? '0')
  const share = (quantityToNumber(whole) - claimed) / (spec.containers.length + (spec.initContainers ?? []).length)
  return Math.trunc(share)
}

/**
 * The oom_score_adj of a container: 1000 is killed first when the node runs out of memory. The more of the node's memory a
 * burstable container requests, the better it is protected; a sidecar is protected at least as well as the pod's smallest
 * container, which could not do without it. Upstream's GetContainerOOMScoreAdjust.
 */
export function oomScoreAdj(pod: Pod, container: Container, nodeMemory: number): number {
  if (pod.spec.priorityClassName === 'system-node-critical') return guaranteed
  const qosClass = pod.status.qosClass ?? podQosClass(pod.spec)
  if (qosClass === 'Guaranteed') return guaranteed
  if (qosClass === 'BestEffort' || nodeMemory <= 0) return bestEffort
  const share = unclaimedShare(pod)
  const score = (memory: number) => 1000 - Math.floor((1000 * memory) / nodeMemory)
  const own = score(memoryRequest(container) + share)
  const smallest = Math.min(...pod.spec.containers.map(memoryRequest))
  const adjusted = isSidecar(container) ? Math.min(own, score(smallest + share)) : own
  if (adjusted < bestEffort + guaranteed) return bestEffort + guaranteed
  return adjusted === bestEffort ? bestEffort - 1 : adjusted
}
