import type { Pod } from '../../../api/core/pod.ts'
import { isPodReady } from '../pod-readiness.ts'
import { allowsSurge, isAvailable, isEnding, isUpdated, podsByNode, type DaemonSetState } from './daemon-pods.ts'
import { nodeFit } from './node-fit.ts'

export interface NodesPlan {
  /** Names of the nodes that get a pod. */
  readonly create: readonly string[]
  readonly delete: readonly Pod[]
  /** Pods that have run to an end, by node; they are replaced, failed ones with back-off. */
  readonly ended: readonly { readonly pod: Pod; readonly node: string }[]
}

/** Which nodes lack the pod, and which pods are not where they should be (upstream's podsShouldBeOnNode for every node). */
export function planNodes(state: DaemonSetState): NodesPlan {
  const byNode = podsByNode(state)
  const plans = state.nodes.map(node =>
    planNode(state, { name: node.metadata.name, fit: nodeFit(state.set, node), pods: byNode.get(node.metadata.name) ?? [] }),
  )
  const known = new Set(state.nodes.map(({ metadata }) => metadata.name))
  // Bound for a node that is no more, and without one: nobody else takes them away.
  const lost = [...byNode]
    .filter(([name]) => !known.has(name))
    .flatMap(([, pods]) => pods.filter(pod => !pod.spec.nodeName && !isEnding(pod)))
  return {
    create: plans.flatMap(plan => plan.create),
    delete: [...plans.flatMap(plan => plan.delete), ...lost],
    ended: plans.flatMap(plan => plan.ended),
  }
}

const nothing: NodesPlan = { create: [], delete: [], ended: [] }

function planNode(
  state: DaemonSetState,
  { name, fit, pods }: { name: string; fit: ReturnType<typeof nodeFit>; pods: readonly Pod[] },
): NodesPlan {
  if (fit.shouldRun && pods.length === 0) return { ...nothing, create: [name] }
  const staying = pods.filter(pod => !isEnding(pod))
  if (!fit.mayStay) return { ...nothing, delete: staying }
  const hasEnded = ({ status }: Pod) => status.phase === 'Failed' || status.phase === 'Succeeded'
  const ended = staying.filter(hasEnded).map(pod => ({ pod, node: name }))
  const running = staying.filter(pod => !hasEnded(pod))
  return { ...nothing, ended, delete: allowsSurge(state.set) ? surplusWhileSurging(state, running) : running.slice(1) }
}

/** Two may be there only while the old one is ready and the new one is not available yet. */
function surplusWhileSurging(state: DaemonSetState, running: readonly Pod[]): readonly Pod[] {
  if (running.length <= 1) return []
  const updated = (pod: Pod) => isUpdated(state.set, state.hash, pod)
  const newPod = running.find(updated)
  const oldPod = running.find(pod => !updated(pod))
  const others = running.filter(pod => pod !== newPod && pod !== oldPod)
  const done = newPod && oldPod && (!isPodReady(oldPod) || isAvailable(state, newPod))
  return done ? [...others, oldPod] : others
}
