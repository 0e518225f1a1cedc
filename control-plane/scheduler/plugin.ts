import type { Namespace } from '../../api/core/namespace.ts'
import type { PersistentVolumeClaim } from '../../api/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../api/core/persistent-volume.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { Service } from '../../api/core/service.ts'
import type { StorageClass } from '../../api/storage/storage-class.ts'
import type { NodeInfo } from './node-info.ts'

/** Everything a rule may know: the cluster as it is while one pod is being placed. */
export interface Cluster {
  readonly nodes: readonly NodeInfo[]
  readonly namespaces: readonly Namespace[]
  readonly services: readonly Service[]
  readonly claims: readonly PersistentVolumeClaim[]
  /** Absent: there are no volumes, and no classes of them. */
  readonly storage?: Storage
}

/** Where claims get their volumes from; only read for pods that have claims. */
export interface Storage {
  readonly volumes: readonly PersistentVolume[]
  readonly classes: readonly StorageClass[]
}

export interface Rejection {
  /** As users read it after the number of nodes: `Insufficient cpu`. */
  readonly reasons: readonly string[]
  /** Whether evicting other pods could change it. */
  readonly resolvable: boolean
}

/** One rule of scheduling, pure. `prepare` looks at pod and cluster once; what it returns judges node after node. */
export interface Plugin {
  readonly name: string
  /** Why no node will do, whatever it is like; followed by what preemption said of it. */
  preFilter?(pod: Pod, cluster: Cluster): string | undefined
  /** Undefined from `filter`: the node will do. */
  filter?(pod: Pod, cluster: Cluster): (info: NodeInfo) => Rejection | undefined
  /** Higher is better, in any range; `normalize` brings all nodes' scores to 0…100. */
  readonly score?: {
    readonly weight: number
    prepare(pod: Pod, cluster: Cluster): ((info: NodeInfo) => number) | undefined
    normalize?(scores: readonly number[]): readonly number[]
  }
}

export const unresolvable = (...reasons: string[]): Rejection => ({ reasons, resolvable: false })
export const resolvable = (...reasons: string[]): Rejection => ({ reasons, resolvable: true })

/** Upstream's DefaultNormalizeScore: the best node gets 100. */
export function normalizeByMaximum(scores: readonly number[]): readonly number[] {
  const best = Math.max(...scores)
  return best === 0 ? scores : scores.map(score => Math.floor((100 * score) / best))
}
export function normalizeReversed(scores: readonly number[]): readonly number[] {
  const best = Math.max(...scores)
  return best === 0 ? scores.map(() => 100) : scores.map(score => 100 - Math.floor((100 * score) / best))
}
