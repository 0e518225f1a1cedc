import type { NodeInfo } from './node-info.ts'
import type { Refusal } from './placement.ts'

/** What the rules that look at nothing but pod and node say of one node. */
export interface Verdict {
  /** The node as it was then; it is another object as soon as anything about it has changed. */
  readonly info: NodeInfo
  readonly refusal: Refusal | undefined
  /** By rule; worked out when the node is rated for the first time. */
  scores?: readonly number[]
}

/** As many sorts of pods as are likely to be created at the same time. */
const sorts = 16

/**
 * What has been said of nodes already, for pods that are the same to the rules. Pods mostly come as many of one sort, and
 * from one to the next only the node has changed that the last one went to (upstream's OpportunisticBatching has the same
 * aim, and knows pods that are the same by the same means).
 */
export class Verdicts {
  readonly #bySort = new Map<string, Verdict[]>()

  /**
   * For pods of this signature, by the places of the nodes in their list. Whoever reads one compares its `info` first: the
   * places change when nodes come and go.
   */
  of(signature: string): Verdict[] {
    const found = this.#bySort.get(signature) ?? []
    this.#bySort.delete(signature)
    this.#bySort.set(signature, found)
    const [oldest] = this.#bySort.keys()
    if (this.#bySort.size > sorts && oldest !== undefined) this.#bySort.delete(oldest)
    return found
  }
}
