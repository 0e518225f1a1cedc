import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import { compareQuantities } from '../../../api/quantity.ts'
import { isFullyBound, sizeOfClaim } from '../../../api/storage/volume-matching.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import type { ControllerContext } from '../context.ts'

/** Says of claims that were made larger who is waited for: whoever made the volume enlarges it (upstream's expand controller). */
export const volumeExpansionController = ({ informers, events }: ControllerContext): Controller => ({
  name: 'volume_expand',
  watches: [watching(PersistentVolumeClaim), watching(PersistentVolume, () => [])],
  reconcile(key) {
    const claim = informers.for(PersistentVolumeClaim).cache.get(key)
    const told = claim?.status.capacity?.['storage']
    const isLarger = claim && isFullyBound(claim) && told !== undefined && compareQuantities(told, sizeOfClaim(claim)) < 0
    if (isLarger && informers.for(PersistentVolume).cache.get(claim.spec.volumeName ?? ''))
      events.event(claim, { type: 'Normal', reason: 'ExternalExpanding', message: 'waiting for an external controller to expand this PVC' })
    return Promise.resolve()
  },
})
