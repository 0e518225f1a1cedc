import { PersistentVolumeClaim } from '../../api/core/persistent-volume-claim.ts'
import { isClaimOfPod, whyNotOfPod } from '../../api/core/pod-claims.ts'
import { Pod } from '../../api/core/pod.ts'
import type { Volume } from '../../api/core/volume.ts'
import { isAlreadyExists, isNamespaceTerminating } from '../../api/errors.ts'
import { controllerReference } from '../../api/owners.ts'
import { keyOf } from '../../client/cache.ts'
import type { NewObject } from '../../client/client.ts'
import { watching, type Controller } from '../../client/controller.ts'
import { messageOf } from '../../common/error-message.ts'
import type { ControllerContext } from './context.ts'

const hasEphemeral = ({ spec }: Pod): boolean => (spec.volumes ?? []).some(({ ephemeral }) => ephemeral)

/** The claim of a generic ephemeral volume: the pod owns it, so that it goes with the pod. */
function claimOf(pod: Pod, { name, ephemeral }: Volume): NewObject<PersistentVolumeClaim> {
  const { metadata, spec } = ephemeral?.volumeClaimTemplate ?? {}
  return {
    metadata: {
      name: `${pod.metadata.name}-${name}`,
      namespace: pod.metadata.namespace ?? '',
      ...(metadata?.labels ? { labels: metadata.labels } : {}),
      ...(metadata?.annotations ? { annotations: metadata.annotations } : {}),
      ownerReferences: [controllerReference(Pod, pod)],
    },
    spec: spec ?? { resources: {} },
  }
}

/** Makes the claims of pods' generic ephemeral volumes (upstream's ephemeral volume controller). */
export const ephemeralVolumeController = ({ client, informers, events }: ControllerContext): Controller => ({
  name: 'ephemeral_volume',
  watches: [
    watching(Pod, pod => (hasEphemeral(pod) ? [keyOf(pod)] : [])),
    // One that was deleted is made again.
    watching(PersistentVolumeClaim, ({ metadata }) =>
      (metadata.ownerReferences ?? []).filter(({ kind }) => kind === 'Pod').map(({ name }) => `${metadata.namespace ?? ''}/${name}`),
    ),
  ],
  async reconcile(key) {
    const pod = informers.for(Pod).cache.get(key)
    if (!pod || pod.metadata.deletionTimestamp) return
    for (const volume of (pod.spec.volumes ?? []).filter(({ ephemeral }) => ephemeral)) {
      const claim = claimOf(pod, volume)
      const found = informers.for(PersistentVolumeClaim).cache.get(`${pod.metadata.namespace ?? ''}/${claim.metadata.name ?? ''}`)
      if (found && isClaimOfPod(found, pod)) continue
      try {
        if (found) throw new Error(whyNotOfPod(found, pod))
        await client.create(PersistentVolumeClaim, claim)
      } catch (error) {
        // The cache will show what is there.
        if (isAlreadyExists(error) || isNamespaceTerminating(error)) continue
        const message = `ephemeral volume ${volume.name}: ${messageOf(error)}`
        events.event(pod, { type: 'Warning', reason: 'FailedBinding', message })
        throw error
      }
    }
  },
})
