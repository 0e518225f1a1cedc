import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import { defaultClassOf } from '../../../api/default-class.ts'
import { IngressClass } from '../../../api/networking/ingress-class.ts'
import { Ingress } from '../../../api/networking/ingress.ts'
import { defaultStorageClassOf, namesNoClass } from '../../../api/storage/default-storage-class.ts'
import { StorageClass } from '../../../api/storage/storage-class.ts'
import type { Lookup } from '../interfaces.ts'
import { onCreate, type AdmissionRule } from './rule.ts'

/** Upstream's DefaultStorageClass: claims that name no class get the default one. */
export const defaultStorageClass = (lookup: Lookup): AdmissionRule =>
  onCreate(PersistentVolumeClaim, claim => {
    const found = namesNoClass(claim) ? defaultStorageClassOf(lookup.list(StorageClass)) : undefined
    return found ? { ...claim, spec: { ...claim.spec, storageClassName: found.metadata.name } } : claim
  })

/** Upstream's DefaultIngressClass: the same for ingresses. */
export const defaultIngressClass = (lookup: Lookup): AdmissionRule =>
  onCreate(Ingress, ingress => {
    if (ingress.spec.ingressClassName !== undefined || ingress.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined)
      return ingress
    const found = defaultClassOf(lookup.list(IngressClass), ['ingressclass.kubernetes.io/is-default-class'])
    return found ? { ...ingress, spec: { ...ingress.spec, ingressClassName: found.metadata.name } } : ingress
  })
