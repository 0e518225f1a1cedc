import type { Kind, KubernetesObject } from '../../../api/kind.ts'

/** An object as the garbage collector knows it: who it is and whom it belongs to. */
export interface GraphNode {
  readonly kind: Kind
  readonly metadata: KubernetesObject['metadata']
}

/** Every object of the cluster by uid, and who depends on whom. */
export class Graph {
  readonly #nodes = new Map<string, GraphNode>()
  readonly #dependents = new Map<string, Set<string>>()

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid)
  }

  dependentsOf(uid: string): readonly GraphNode[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap(dependent => this.#nodes.get(dependent) ?? [])
  }

  set(node: GraphNode): void {
    const { uid } = node.metadata
    this.#unlink(uid)
    this.#nodes.set(uid, node)
    for (const owner of node.metadata.ownerReferences ?? []) {
      const dependents = this.#dependents.get(owner.uid)
      if (dependents) dependents.add(uid)
      else this.#dependents.set(owner.uid, new Set([uid]))
    }
  }

  delete(uid: string): void {
    this.#unlink(uid)
    this.#nodes.delete(uid)
  }

  #unlink(uid: string): void {
    for (const owner of this.#nodes.get(uid)?.metadata.ownerReferences ?? []) {
      const dependents = this.#dependents.get(owner.uid)
      dependents?.delete(uid)
      if (dependents?.size === 0) this.#dependents.delete(owner.uid)
    }
  }
}
