import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import { IngressClass } from '../../../api/networking/ingress-class.ts'
import { Ingress } from '../../../api/networking/ingress.ts'
import { StorageClass } from '../../../api/storage/storage-class.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import type { Lookup } from '../interfaces.ts'
import { onCreate, type AdmissionRule } from './rule.ts'

/** The class that is marked as the default; of several the one made last, and of those the first by name. */
function defaultOf<O extends KubernetesObject>(kind: Kind<O>, annotations: readonly string[], lookup: Lookup): O | undefined {
  const marked = lookup.list(kind).filter(({ metadata }) => annotations.some(name => metadata.annotations?.[name] === 'true'))
  return marked.sort(({ metadata: a }, { metadata: b }) => {
    if (a.creationTimestamp !== b.creationTimestamp) return a.creationTimestamp < b.creationTimestamp ? 1 : -1
    return a.name < b.name ? -1 : 1
  })[0]
}

const oldStorageClass = 'volume.beta.kubernetes.io/storage-class'
const defaultStorageClasses = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']

/** Upstream's DefaultStorageClass: claims that name no class get the default one. */
export const defaultStorageClass = (lookup: Lookup): AdmissionRule =>
  onCreate(PersistentVolumeClaim, claim => {
    if (claim.spec.storageClassName !== undefined || claim.metadata.annotations?.[oldStorageClass] !== undefined) return claim
    const found = defaultOf(StorageClass, defaultStorageClasses, lookup)
    return found ? { ...claim, spec: { ...claim.spec, storageClassName: found.metadata.name } } : claim
  })

/** Upstream's DefaultIngressClass: the same for ingresses. */
export const defaultIngressClass = (lookup: Lookup): AdmissionRule =>
  onCreate(Ingress, ingress => {
    if (ingress.spec.ingressClassName !== undefined || ingress.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined)
      return ingress
    const found = defaultOf(IngressClass, ['ingressclass.kubernetes.io/is-default-class'], lookup)
    return found ? { ...ingress, spec: { ...ingress.spec, ingressClassName: found.metadata.name } } : ingress
  })
