import type { Pod } from '../../api/core/pod.ts'
import { withPod, type NodeInfo } from './node-info.ts'
import { priorityOf } from './preemption.ts'

/** Which pods have been promised which nodes, while those who are there are leaving (`status.nominatedNodeName`). */
export class Nominations {
  readonly #promised = new Map<string, { readonly pod: Pod; readonly node: string }>()

  set(pod: Pod, node: string | undefined): void {
    if (node) this.#promised.set(pod.metadata.uid, { pod, node })
    else this.#promised.delete(pod.metadata.uid)
  }

  delete(uid: string): void {
    this.#promised.delete(uid)
  }

  nodeOf(pod: Pod): string | undefined {
    return this.#promised.get(pod.metadata.uid)?.node
  }

  /** Less important pods that had been promised the node: they had better look elsewhere. */
  lesserOn(node: string, pod: Pod): Pod[] {
    return [...this.#promised.values()].filter(each => each.node === node && priorityOf(each.pod) < priorityOf(pod)).map(({ pod }) => pod)
  }

  /** The nodes as they will be when everybody who is as important as the pod has come: the same array when nobody is expected. */
  crowded(nodes: readonly NodeInfo[], pod: Pod): readonly NodeInfo[] {
    const expected = [...this.#promised.values()].filter(
      each => each.pod.metadata.uid !== pod.metadata.uid && priorityOf(each.pod) >= priorityOf(pod),
    )
    if (expected.length === 0) return nodes
    return nodes.map(info =>
      expected.reduce(
        (crowded, each) =>
          each.node === info.node.metadata.name && !crowded.pods.has(each.pod.metadata.uid) ? withPod(crowded, each.pod) : crowded,
        info,
      ),
    )
  }
}
