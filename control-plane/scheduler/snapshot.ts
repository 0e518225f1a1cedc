import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import { isPodFinished } from '../../api/pod-phase.ts'
import { isEqual } from '../../common/equal.ts'
import { countImages } from './node-images.ts'
import { nodeInfoOf, withNode, withoutPod, withPod, type NodeInfo } from './node-info.ts'

/** The nodes with what runs on them, as the API shows it, and what has been promised to them since. */
export class Snapshot {
  readonly #nodes = new Map<string, NodeInfo>()
  /** Their values, until something changes. */
  #list: readonly NodeInfo[] | undefined
  readonly #affine = new Map<string, NodeInfo>()
  /** As long as nodes have the images that they had. */
  #images: ReadonlyMap<string, number> | undefined
  /** Where each pod is counted; pods may arrive before their node does. */
  readonly #placed = new Map<string, { readonly node: string; readonly pod: Pod }>()

  get nodes(): readonly NodeInfo[] {
    return (this.#list ??= [...this.#nodes.values()])
  }

  /** Those with pods that have something to say about others. */
  get affine(): readonly NodeInfo[] {
    return [...this.#affine.values()]
  }

  /** On how many nodes each image is. */
  get images(): ReadonlyMap<string, number> {
    return (this.#images ??= countImages([...this.#nodes.values()].map(({ node }) => node)))
  }

  setNode(node: Node): void {
    const name = node.metadata.name
    const known = this.#nodes.get(name)
    if (!isEqual(known?.node.status.images, node.status.images)) this.#images = undefined
    const pods = () => [...this.#placed.values()].filter(placed => placed.node === name).map(({ pod }) => pod)
    this.#setInfo(name, known ? withNode(known, node) : nodeInfoOf(node, pods()))
  }

  removeNode(name: string): void {
    this.#nodes.delete(name)
    this.#affine.delete(name)
    this.#images = undefined
    this.#list = undefined
  }

  /** A pod as the API shows it: counts where its spec says. */
  setPod(pod: Pod): void {
    if (!pod.spec.nodeName) return
    if (isPodFinished(pod)) this.removePod(pod.metadata.uid)
    else this.assume(pod, pod.spec.nodeName)
  }

  /** Counts a pod on a node; right from the decision on, before the API knows. */
  assume(pod: Pod, node: string): void {
    const current = this.#placed.get(pod.metadata.uid)
    if (current?.node === node && current.pod.spec === pod.spec && current.pod.metadata === pod.metadata) return
    const moves = current !== undefined && current.node !== node
    if (moves) this.removePod(pod.metadata.uid)
    this.#placed.set(pod.metadata.uid, { node, pod })
    const info = this.#nodes.get(node)
    if (info) this.#setInfo(node, withPod(info, pod))
  }

  removePod(uid: string): void {
    const placed = this.#placed.get(uid)
    if (!placed) return
    this.#placed.delete(uid)
    const info = this.#nodes.get(placed.node)
    if (info) this.#setInfo(placed.node, withoutPod(info, uid))
  }

  #setInfo(name: string, info: NodeInfo): void {
    this.#nodes.set(name, info)
    if (info.affine.length > 0) this.#affine.set(name, info)
    else this.#affine.delete(name)
    this.#list = undefined
  }
}
