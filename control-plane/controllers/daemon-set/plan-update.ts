import type { Pod } from '../../../api/core/pod.ts'
import { isAvailable, isEnding, isUpdated, podsByNode, rollingLimits, type DaemonSetState } from './daemon-pods.ts'
import { nodeFit } from './node-fit.ts'

export interface UpdatePlan {
  /** Names of the nodes that get a new pod beside the old one. */
  readonly create: readonly string[]
  readonly delete: readonly Pod[]
}

/** One step of a rolling update, upstream's rollingUpdate: old pods make room, or new ones run beside them first. */
export function planUpdate(state: DaemonSetState): UpdatePlan {
  if (state.set.spec.updateStrategy.type !== 'RollingUpdate') return { create: [], delete: [] }
  const welcome = new Set(state.nodes.filter(node => nodeFit(state.set, node).shouldRun).map(({ metadata }) => metadata.name))
  const { maxSurge, maxUnavailable } = rollingLimits(state.set, welcome.size)
  // A node that has no pod and wants none lacks nothing.
  const concerned = [...podsByNode(state)].filter(([name, pods]) => pods.length > 0 || welcome.has(name))
  const nodes = concerned.map(([name, pods]) => ({ name, isWelcome: welcome.has(name), pair: pairOf(state, pods) }))
  return maxSurge === 0 ? planReplacing(state, nodes, maxUnavailable) : planSurging(state, nodes, maxSurge)
}

interface OnNode {
  readonly name: string
  readonly isWelcome: boolean
  /** Undefined: more than one of a kind, which is not for an update to put right. */
  readonly pair: { readonly newPod: Pod | undefined; readonly oldPod: Pod | undefined } | undefined
}

/** Upstream's findUpdatedPodsOnNode. */
function pairOf({ set, hash }: DaemonSetState, pods: readonly Pod[]): OnNode['pair'] {
  const staying = pods.filter(pod => !isEnding(pod))
  const updated = staying.filter(pod => isUpdated(set, hash, pod))
  const old = staying.filter(pod => !isUpdated(set, hash, pod))
  return updated.length > 1 || old.length > 1 ? undefined : { newPod: updated[0], oldPod: old[0] }
}

/** Old pods go that do not work anyway, and of the others as many as may be missing. */
function planReplacing(state: DaemonSetState, nodes: readonly OnNode[], maxUnavailable: number): UpdatePlan {
  let unavailable = 0
  const broken: Pod[] = []
  const candidates: Pod[] = []
  for (const { pair } of nodes) {
    if (pair?.oldPod && !pair.newPod) (isAvailable(state, pair.oldPod) ? candidates : broken).push(pair.oldPod)
    else if (!pair?.newPod || pair.oldPod || !isAvailable(state, pair.newPod)) unavailable++
  }
  return { create: [], delete: [...broken, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))] }
}

/** New pods come beside old ones, at once where the old one does not work; old ones go when the new one is available. */
function planSurging(state: DaemonSetState, nodes: readonly OnNode[], maxSurge: number): UpdatePlan {
  let surging = 0
  const replaced: string[] = []
  const candidates: string[] = []
  const finished: Pod[] = []
  for (const { name, isWelcome, pair } of nodes) {
    if (!pair) surging++
    else if (!pair.oldPod) continue
    else if (pair.newPod) {
      if (isAvailable(state, pair.newPod)) finished.push(pair.oldPod)
      else surging++
    } else if (!isWelcome) finished.push(pair.oldPod)
    else (isAvailable(state, pair.oldPod) ? candidates : replaced).push(name)
  }
  return { create: [...replaced, ...candidates.slice(0, Math.max(0, maxSurge - surging))], delete: finished }
}
