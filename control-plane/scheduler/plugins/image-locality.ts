import type { NodeInfo } from '../node-info.ts'
import type { Plugin } from '../plugin.ts'

const megabyte = 1024 * 1024
const smallest = 23 * megabyte
const largestPerContainer = 1000 * megabyte

const normalized = (image: string) => (image.includes('@') || /:[^/]+$/.test(image) ? image : `${image}:latest`)

const sizeOn = (info: NodeInfo, image: string): number =>
  info.node.status.images?.find(each => each.names?.some(name => name === image || name.endsWith(`/${image}`)))?.sizeBytes ?? 0

/** Prefers nodes that have the pod's images already; large ones count more. */
export const imageLocality: Plugin = {
  name: 'ImageLocality',
  score: {
    weight: 1,
    prepare(pod, cluster) {
      const images = pod.spec.containers.flatMap(({ image }) => (image ? [normalized(image)] : []))
      // How widely an image is spread scales its weight, so that pods do not all follow one early node.
      const spread = images.map(image => cluster.nodes.filter(info => sizeOn(info, image) > 0).length / Math.max(1, cluster.nodes.length))
      const maximum = largestPerContainer * pod.spec.containers.length
      return info => {
        const sum = images.reduce((total, image, index) => total + sizeOn(info, image) * (spread[index] ?? 0), 0)
        return Math.floor((100 * (Math.min(Math.max(sum, smallest), maximum) - smallest)) / (maximum - smallest))
      }
    },
  },
}
