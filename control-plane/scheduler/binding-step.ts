import type { Pod } from '../../api/core/pod.ts'
import type { NodeInfo } from './node-info.ts'
import type { Cluster } from './plugin.ts'

/** A pod, the node it is to go to, and the cluster as it was when that was decided. */
export interface Placed {
  readonly pod: Pod
  readonly info: NodeInfo
  readonly cluster: Cluster
}

/**
 * The acting half of a rule: what has to be done between the decision and the binding (upstream's Reserve, PreBind and
 * Unreserve). The rule itself, under the same name, only decides; what it decided about the chosen node is worked out again
 * from `Placed`, as the cluster has not changed when `reserve` is called.
 */
export interface BindingStep {
  readonly name: string
  /** Together with the decision, before the next one: what the pod takes counts as taken. */
  reserve?(placed: Placed): void
  /** The pod will not be bound after all. Called for every step, whether it had reserved anything or not. */
  unreserve?(placed: Placed): void
  /** Resolves when the pod may be bound; rejecting undoes the decision, and the pod tries again after a back-off. */
  preBind?(placed: Placed, signal: AbortSignal): Promise<void>
  /** The pod has been deleted, whatever its state was: nobody has to wait for anything. */
  gone?(pod: Pod): void
}
