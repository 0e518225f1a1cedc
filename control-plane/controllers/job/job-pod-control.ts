import { Job } from '../../../api/batch/job.ts'
import { Pod } from '../../../api/core/pod.ts'
import { isInvalid, isNamespaceTerminating, isNotFound } from '../../../api/errors.ts'
import { controllerReference } from '../../../api/owners.ts'
import { messageOf } from '../../../common/error-message.ts'
import { keyOf } from '../../../client/cache.ts'
import type { Client } from '../../../client/client.ts'
import type { ControllerContext } from '../context.ts'
import { OwnWrites } from '../own-writes.ts'
import type { JobMemory } from './job-facts.ts'
import { trackingFinalizer } from './job-pods.ts'
import { podOfJob, type PodPlace } from './pod-of-job.ts'

const removal = { '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] }

/** Changes the metadata of this very pod. Undefined when it is gone. */
async function patchMetadata(client: Pick<Client, 'patch'>, pod: Pod, metadata: object): Promise<Pod | undefined> {
  try {
    return await client.patch(Pod, pod.metadata, { type: 'strategic', body: { metadata: { uid: pod.metadata.uid, ...metadata } } })
  } catch (error) {
    // Invalid: the uid is another one by now.
    if (isNotFound(error) || isInvalid(error)) return undefined
    throw error
  }
}

/** Takes away the finalizer that keeps a pod until it is counted. Undefined when the pod is gone. */
export const removeFinalizer = (client: Pick<Client, 'patch'>, pod: Pod): Promise<Pod | undefined> => patchMetadata(client, pod, removal)

/** Makes, deletes and releases pods of Jobs, tells events, and remembers what the cache may not show yet. */
export class JobPodControl {
  readonly #context: Pick<ControllerContext, 'client' | 'events'>
  readonly #writes: OwnWrites<Pod>
  /** Uids of pods whose finalizer we have taken away. */
  readonly #released = new Set<string>()

  constructor(context: ControllerContext) {
    this.#context = context
    const informer = context.informers.for(Pod)
    this.#writes = new OwnWrites(context, Pod)
    informer.addListener({
      updated: ({ metadata }) => void (metadata.finalizers?.includes(trackingFinalizer) || this.#released.delete(metadata.uid)),
      deleted: ({ metadata }) => void this.#released.delete(metadata.uid),
    })
  }

  /** Resolves when the cache shows everything that was written for the Job. */
  seen(key: string, signal: AbortSignal): Promise<void> {
    return this.#writes.seen(key, signal)
  }

  /** What is known of pods just taken out of the cache; it is forgotten when the cache learns of it, so that later is too late to ask. */
  remember(pods: readonly Pod[]): Pick<JobMemory, 'isDeleted' | 'isReleased'> {
    const deleted = new Set(pods.filter(pod => this.#writes.isDeleted(pod)).map(({ metadata }) => metadata.uid))
    const released = new Set(pods.map(({ metadata }) => metadata.uid).filter(uid => this.#released.has(uid)))
    return { isDeleted: ({ metadata }) => deleted.has(metadata.uid), isReleased: ({ metadata }) => released.has(metadata.uid) }
  }

  /** Makes the Job the pod's controller, which counts its end. Undefined when the pod is gone. */
  async adopt(job: Job, pod: Pod): Promise<Pod | undefined> {
    return this.#change(job, pod, { ownerReferences: [controllerReference(Job, job)], finalizers: [trackingFinalizer] })
  }

  /** Gives the pod up: the Job neither controls nor counts it any more. */
  async giveUp(job: Job, pod: Pod): Promise<void> {
    await this.#change(job, pod, { ownerReferences: [{ $patch: 'delete', uid: job.metadata.uid }], ...removal })
  }

  async create(job: Job, place: PodPlace): Promise<void> {
    const { client, events } = this.#context
    try {
      const created = await client.create(Pod, podOfJob(job, place))
      this.#writes.written(keyOf(job), created)
      events.event(job, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${created.metadata.name}` })
    } catch (error) {
      // The whole namespace is going away: there is nothing to tell anybody, and nothing to try again.
      if (isNamespaceTerminating(error)) return
      this.#writes.failed(keyOf(job), error)
      events.event(job, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${messageOf(error)}` })
      throw error
    }
  }

  async delete(job: Job, pod: Pod): Promise<void> {
    const { client, events } = this.#context
    const { name, uid } = pod.metadata
    try {
      await client.delete(Pod, pod.metadata, { preconditions: { uid } })
      this.#writes.deleted(pod)
      events.event(job, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${name}` })
    } catch (error) {
      if (isNotFound(error)) return
      this.#writes.failed(keyOf(job), error)
      events.event(job, { type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${messageOf(error)}` })
      throw error
    }
  }

  /** Takes the finalizer away: the pod is counted, or will not be. */
  release(job: Job, pod: Pod): Promise<void> {
    return this.#release(job, pod, removal)
  }

  /** Deletes a pod that is too many and not to be counted; not if it has ended since it was looked at, for then it counts. */
  async dismiss(job: Job, pod: Pod): Promise<void> {
    await this.#release(job, pod, { ...removal, resourceVersion: pod.metadata.resourceVersion })
    await this.delete(job, pod)
  }

  async #release(job: Job, pod: Pod, metadata: object): Promise<void> {
    const { uid } = pod.metadata
    this.#released.add(uid)
    try {
      await this.#change(job, pod, metadata)
    } catch (error) {
      this.#released.delete(uid)
      throw error
    }
  }

  async #change(job: Job, pod: Pod, metadata: object): Promise<Pod | undefined> {
    const changed = await patchMetadata(this.#context.client, pod, metadata)
    if (changed) this.#writes.written(keyOf(job), changed)
    return changed
  }
}
