import { countImages, imagesOf } from '../node-images.ts'
import type { Plugin } from '../plugin.ts'

const megabyte = 1024 * 1024
const smallest = 23 * megabyte
const largestPerContainer = 1000 * megabyte

const normalized = (image: string) => (image.includes('@') || /:[^/]+$/.test(image) ? image : `${image}:latest`)

/** Prefers nodes that have the pod's images already; large ones count more. */
export const imageLocality: Plugin = {
  name: 'ImageLocality',
  score: {
    weight: 1,
    prepare({ spec: { containers } }, { nodes, images: counts = countImages(nodes.map(({ node }) => node)) }) {
      const images = containers.flatMap(({ image }) => (image ? [normalized(image)] : []))
      // How widely an image is spread scales its weight, so that pods do not all follow one early node.
      const spread = images.map(image => (counts.get(image) ?? 0) / nodes.length)
      if (spread.every(share => share === 0)) return undefined
      const maximum = largestPerContainer * containers.length
      return ({ node }) => {
        const has = imagesOf(node)
        const sum = images.reduce((total, image, index) => total + (has.get(image) ?? 0) * (spread[index] ?? 0), 0)
        return Math.floor((100 * (Math.min(Math.max(sum, smallest), maximum) - smallest)) / (maximum - smallest))
      }
    },
  },
}
