import { PersistentVolumeClaim } from '../../api/core/persistent-volume-claim.ts'
import { PersistentVolume } from '../../api/core/persistent-volume.ts'
import { claimNamesOf } from '../../api/core/pod-claims.ts'
import { Pod } from '../../api/core/pod.ts'
import type { KubernetesObject } from '../../api/kind.ts'
import { isPodFinished } from '../../api/pod-phase.ts'
import { watching, type Controller } from '../../client/controller.ts'
import type { ControllerContext } from './context.ts'

const pvcProtection = 'kubernetes.io/pvc-protection'
const pvProtection = 'kubernetes.io/pv-protection'

const isHeldBy = ({ metadata }: KubernetesObject, finalizer: string): boolean =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(finalizer)

const withoutFinalizer = <O extends KubernetesObject>(object: O, finalizer: string): O => ({
  ...object,
  metadata: { ...object.metadata, finalizers: (object.metadata.finalizers ?? []).filter(name => name !== finalizer) },
})

/** The claims of a pod that runs or is about to; made for it or named by it. */
function claimsOf(pod: Pod): string[] {
  const { metadata, spec, status } = pod
  if (!spec.nodeName || isPodFinished({ status })) return []
  return claimNamesOf(pod).map(claim => `${metadata.namespace ?? ''}/${claim}`)
}

/** Lets a deleted claim go once no pod uses it. */
export const pvcProtectionController = ({ client, informers }: ControllerContext): Controller => ({
  name: 'persistentvolumeclaim-protection-controller',
  watches: [watching(PersistentVolumeClaim), watching(Pod, claimsOf)],
  async reconcile(key) {
    const claim = informers.for(PersistentVolumeClaim).cache.get(key)
    if (!claim || !isHeldBy(claim, pvcProtection)) return
    if (
      informers
        .for(Pod)
        .cache.list()
        .some(pod => claimsOf(pod).includes(key))
    )
      return
    await client.update(PersistentVolumeClaim, withoutFinalizer(claim, pvcProtection))
  },
})

/** Lets a deleted volume go once no claim has it. */
export const pvProtectionController = ({ client, informers }: ControllerContext): Controller => ({
  name: 'persistentvolume-protection-controller',
  watches: [watching(PersistentVolume)],
  async reconcile(key) {
    const volume = informers.for(PersistentVolume).cache.get(key)
    if (!volume || !isHeldBy(volume, pvProtection) || volume.status.phase === 'Bound') return
    await client.update(PersistentVolume, withoutFinalizer(volume, pvProtection))
  },
})
