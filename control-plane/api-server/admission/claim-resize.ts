import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import { classOf } from '../../../api/core/storage-class-annotation.ts'
import { forbidden } from '../../../api/errors.ts'
import { compareQuantities } from '../../../api/quantity.ts'
import { StorageClass } from '../../../api/storage/storage-class.ts'
import type { Lookup } from '../interfaces.ts'
import { concerns, type AdmissionRule } from './rule.ts'

const sizeOf = ({ spec }: PersistentVolumeClaim): string => spec.resources?.requests?.['storage'] ?? '0'

/** Upstream's PersistentVolumeClaimResize: claims grow only once they have a volume, of a class that lets them. */
export const claimResize = (lookup: Lookup): AdmissionRule => ({
  validate(context) {
    if (context.verb !== 'update' || !concerns(context, PersistentVolumeClaim)) return
    const next = context.object as PersistentVolumeClaim
    const current = context.current as PersistentVolumeClaim
    if (compareQuantities(sizeOf(next), sizeOf(current)) <= 0) return
    if (current.status.phase !== 'Bound')
      throw forbidden(PersistentVolumeClaim, context.name, 'Only bound persistent volume claims can be expanded')
    const found = lookup.get(StorageClass, { namespace: '', name: classOf(next) })
    if (!found?.allowVolumeExpansion) {
      const why = 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize'
      throw forbidden(PersistentVolumeClaim, context.name, why)
    }
  },
})
