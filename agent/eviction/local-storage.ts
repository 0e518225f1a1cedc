import type { Pod } from '../../api/core/pod.ts'
import { canonicalQuantity, quantityToNumber } from '../../api/quantity.ts'
import { podResources } from '../../api/pod-resources.ts'
import { diskOf, type PodUsage } from './pod-usage.ts'

const bytesOf = (quantity: string | undefined): number => (quantity === undefined ? 0 : quantityToNumber(quantity))

/** A volume in memory cannot exceed its limit: that is the size of its file system. */
const limitedVolumes = ({ spec }: Pod) =>
  (spec.volumes ?? []).flatMap(({ name, emptyDir }) =>
    emptyDir?.sizeLimit !== undefined && emptyDir.medium !== 'Memory' && bytesOf(emptyDir.sizeLimit) > 0
      ? [{ name, limit: emptyDir.sizeLimit }]
      : [],
  )

const limitsStorage = ({ spec }: Pod): boolean => podResources(spec, 'limits')['ephemeral-storage'] !== undefined

/** Whether the pod limits anything on the node's disk: others need not be measured. */
export const limitsLocalStorage = (pod: Pod): boolean => limitedVolumes(pod).length > 0 || limitsStorage(pod)

/** In upstream's words, which limit of the pod on local storage is exceeded: an emptyDir's, the whole pod's, a container's. */
export function exceededLimit(pod: Pod, usage: PodUsage): string | undefined {
  const volume = limitedVolumes(pod).find(({ name, limit }) => (usage.volumes.get(name) ?? 0) > bytesOf(limit))
  if (volume) return `Usage of EmptyDir volume "${volume.name}" exceeds the limit "${canonicalQuantity(volume.limit)}". `
  const total = podResources(pod.spec, 'limits')['ephemeral-storage']
  if (total !== undefined && diskOf(usage) > bytesOf(total))
    return `Pod ephemeral local storage usage exceeds the total limit of containers ${canonicalQuantity(total)}. `
  for (const { name, rootfsBytes = 0 } of usage.containers) {
    const limit = pod.spec.containers.find(container => container.name === name)?.resources?.limits?.['ephemeral-storage']
    if (limit !== undefined && bytesOf(limit) > 0 && rootfsBytes > bytesOf(limit))
      return `Container ${name} exceeded its local ephemeral storage limit "${canonicalQuantity(limit)}". `
  }
  return undefined
}
