import type { Pod } from '../../api/core/pod.ts'
import { Secret } from '../../api/core/secret.ts'
import type { Logger } from '../../common/log.ts'
import type { Objects } from '../volumes/object-reader.ts'
import type { PodEvents } from './pod-events.ts'

export interface PullSecretParts {
  readonly objects: Objects
  readonly events: PodEvents
  readonly log: Logger
}

/** The secrets that a pod pulls with. One that cannot be had is reported and left out: the image may be there for everyone. */
export async function pullSecretsOf(pod: Pod, { objects, events, log }: PullSecretParts): Promise<Secret[]> {
  const { namespace } = pod.metadata
  const names = (pod.spec.imagePullSecrets ?? []).flatMap(({ name }) => (name ? [name] : []))
  const found = await Promise.all(
    names.map(async name => {
      try {
        return await objects.get(Secret, { name, namespace })
      } catch (error) {
        log.debug('a pull secret could not be read', { pod: pod.metadata.name, secret: name, error })
        return undefined
      }
    }),
  )
  const missing = names.filter((_, index) => found[index] === undefined)
  if (missing.length > 0) {
    const message = `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`
    events.record({ pod, type: 'Warning', reason: 'FailedToRetrieveImagePullSecret', message })
  }
  return found.filter(secret => secret !== undefined)
}
