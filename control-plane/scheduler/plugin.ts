import type { Namespace } from '../../api/core/namespace.ts'
import type { PersistentVolumeClaim } from '../../api/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../api/core/persistent-volume.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { Service } from '../../api/core/service.ts'
import type { CSINode } from '../../api/storage/csi-node.ts'
import type { StorageClass } from '../../api/storage/storage-class.ts'
import type { ClusterEvent } from './cluster-event.ts'
import type { NodeInfo } from './node-info.ts'

/** Everything a rule may know: the cluster as it is while one pod is being placed. */
export interface Cluster {
  readonly nodes: readonly NodeInfo[]
  readonly namespaces: readonly Namespace[]
  readonly services: readonly Service[]
  readonly claims: readonly PersistentVolumeClaim[]
  /** Absent: there are no volumes, and no classes of them. */
  readonly storage?: Storage
  /** Those of `nodes` with pods that have something to say about others; looked for when nobody has done so yet. */
  readonly affine?: readonly NodeInfo[] | undefined
  /** On how many nodes each image is, by all its names; counted from the nodes when nobody has done so yet. */
  readonly images?: ReadonlyMap<string, number>
}

/** Where claims get their volumes from; only read for pods that have claims. */
export interface Storage {
  readonly volumes: readonly PersistentVolume[]
  readonly classes: readonly StorageClass[]
  /** What the storage drivers of nodes allow. */
  readonly csiNodes: readonly CSINode[]
}

/** The cluster as it would be if its nodes were these. */
export const withNodes = (cluster: Cluster, nodes: readonly NodeInfo[]): Cluster => ({ ...cluster, nodes, affine: undefined })

export interface Rejection {
  /** As users read it after the number of nodes: `Insufficient cpu`. */
  readonly reasons: readonly string[]
  /** Whether evicting other pods could change it. */
  readonly resolvable: boolean
}

/** One rule of scheduling, pure. `prepare` looks at pod and cluster once; what it returns judges node after node. */
export interface Plugin {
  readonly name: string
  /** Why the pod is not to be looked at yet, as its condition says. */
  preEnqueue?(pod: Pod): string | undefined
  /** Why no node will do, whatever it is like; followed by what preemption said of it. */
  preFilter?(pod: Pod, cluster: Cluster): string | undefined
  /** Undefined for a pod of which the rule has nothing to say; undefined for a node that will do. */
  filter?(pod: Pod, cluster: Cluster): ((info: NodeInfo) => Rejection | undefined) | undefined
  /** Higher is better, in any range; `normalize` brings all nodes' scores to 0…100. */
  readonly score?: {
    readonly weight: number
    prepare(pod: Pod, cluster: Cluster): ((info: NodeInfo) => number) | undefined
    normalize?(scores: readonly number[]): readonly number[]
  }
  /**
   * What the rule looks at of the pod, when it looks at nothing else but the node and what runs there: it says the same for
   * all pods of which this is the same (upstream's SignPod).
   */
  sign?(pod: Pod): unknown
  /**
   * Whether what happened could make this rule accept a node for the pod, all of which it, among others, refused (upstream's
   * EventsToRegister and QueueingHintFn). Too often true costs a look, wrongly false lets a pod wait for five minutes. Without
   * it everything could.
   */
  helps?(pod: Pod, event: ClusterEvent, cluster: Cluster): boolean
}

export const unresolvable = (...reasons: string[]): Rejection => ({ reasons, resolvable: false })
export const resolvable = (...reasons: string[]): Rejection => ({ reasons, resolvable: true })

/** Upstream's DefaultNormalizeScore: the best node gets 100. */
export function normalizeByMaximum(scores: readonly number[]): readonly number[] {
  const best = greatest(scores)
  return best === 0 ? scores : scores.map(score => Math.floor((100 * score) / best))
}
export function normalizeReversed(scores: readonly number[]): readonly number[] {
  const best = greatest(scores)
  return best === 0 ? scores.map(() => 100) : scores.map(score => 100 - Math.floor((100 * score) / best))
}

/** As Math.max, for lists of any length. */
export const greatest = (scores: readonly number[]): number => scores.reduce((most, score) => (score > most ? score : most), -Infinity)
export const least = (scores: readonly number[]): number => scores.reduce((fewest, score) => (score < fewest ? score : fewest), Infinity)
