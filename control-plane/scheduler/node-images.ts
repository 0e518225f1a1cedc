import type { Node } from '../../api/core/node.ts'

/** The sizes of a node's images by all their names, with and without the registry and the path before them. */
export function imagesOf(node: Node): ReadonlyMap<string, number> {
  const known = sizes.get(node)
  if (known) return known
  const found = new Map<string, number>()
  for (const { names = [], sizeBytes = 0 } of node.status.images ?? []) {
    for (const name of names) {
      for (let short = name; ; short = short.slice(short.indexOf('/') + 1)) {
        if (sizeBytes > 0 && !found.has(short)) found.set(short, sizeBytes)
        if (!short.includes('/')) break
      }
    }
  }
  sizes.set(node, found)
  return found
}

/** Nodes do not change, they are replaced; every pod asks about every one of them. */
const sizes = new WeakMap<Node, ReadonlyMap<string, number>>()

/** On how many of the nodes each image is (upstream's ImageStates). */
export function countImages(nodes: Iterable<Node>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const node of nodes) for (const name of imagesOf(node).keys()) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
