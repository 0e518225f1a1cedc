import type { Node } from '../../../api/core/node.ts'
import type { Plugin } from '../plugin.ts'

const megabyte = 1024 * 1024
const smallest = 23 * megabyte
const largestPerContainer = 1000 * megabyte

const normalized = (image: string) => (image.includes('@') || /:[^/]+$/.test(image) ? image : `${image}:latest`)

/** The sizes of a node's images by all their names, with and without the registry and the path before them. */
function sizesOn(node: Node): ReadonlyMap<string, number> {
  const known = sizes.get(node)
  if (known) return known
  const found = new Map<string, number>()
  for (const { names = [], sizeBytes = 0 } of node.status.images ?? []) {
    for (const name of names) {
      for (let short = name; ; short = short.slice(short.indexOf('/') + 1)) {
        if (!found.has(short)) found.set(short, sizeBytes)
        if (!short.includes('/')) break
      }
    }
  }
  sizes.set(node, found)
  return found
}

/** Nodes do not change, they are replaced; every pod asks about every one of them. */
const sizes = new WeakMap<Node, ReadonlyMap<string, number>>()

/** Prefers nodes that have the pod's images already; large ones count more. */
export const imageLocality: Plugin = {
  name: 'ImageLocality',
  score: {
    weight: 1,
    prepare({ spec: { containers } }, { nodes }) {
      const images = containers.flatMap(({ image }) => (image ? [normalized(image)] : []))
      // How widely an image is spread scales its weight, so that pods do not all follow one early node.
      const spread = images.map(image => nodes.reduce((count, { node }) => count + (sizesOn(node).get(image) ? 1 : 0), 0) / nodes.length)
      if (spread.every(share => share === 0)) return undefined
      const maximum = largestPerContainer * containers.length
      return ({ node }) => {
        const has = sizesOn(node)
        const sum = images.reduce((total, image, index) => total + (has.get(image) ?? 0) * (spread[index] ?? 0), 0)
        return Math.floor((100 * (Math.min(Math.max(sum, smallest), maximum) - smallest)) / (maximum - smallest))
      }
    },
  },
}
