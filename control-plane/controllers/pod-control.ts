import { Pod } from '../../api/core/pod.ts'
import type { PodTemplateSpec } from '../../api/core/pod-spec.ts'
import { isNamespaceTerminating, isNotFound } from '../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../api/kind.ts'
import { controllerReference } from '../../api/owners.ts'
import type { NewObject } from '../../client/client.ts'
import { keyOf } from '../../client/cache.ts'
import { messageOf } from '../../common/error-message.ts'
import type { ControllerContext } from './context.ts'
import type { OwnWrites } from './own-writes.ts'

/** What a pod takes from the template it is made of; upstream's GetPodFromTemplate. */
export function podFromTemplate(template: PodTemplateSpec | undefined, namespace: string | undefined) {
  const { labels, annotations, finalizers } = template?.metadata ?? {}
  return {
    metadata: {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
    },
    spec: template?.spec,
  }
}

export interface PodControlOptions<O extends KubernetesObject> {
  readonly context: ControllerContext
  /** The kind of those that own the pods. */
  readonly kind: Kind<O>
  readonly writes: OwnWrites<Pod>
}

/** Creates and deletes pods for an owner, remembers both, and tells of both by upstream's events (RealPodControl). */
export class PodControl<O extends KubernetesObject> {
  readonly #context: ControllerContext
  readonly #kind: Kind<O>
  readonly #writes: OwnWrites<Pod>

  constructor({ context, kind, writes }: PodControlOptions<O>) {
    this.#context = context
    this.#kind = kind
    this.#writes = writes
  }

  /** Creates a pod named after its owner. */
  async create(owner: O, pod: { readonly metadata: object; readonly spec: unknown }): Promise<void> {
    const { client, events } = this.#context
    const metadata = {
      ...pod.metadata,
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace,
      ownerReferences: [controllerReference(this.#kind, owner)],
    }
    try {
      const created = await client.create(Pod, { ...pod, metadata } as NewObject<Pod>)
      this.#writes.written(keyOf(owner), created)
      events.event(owner, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${created.metadata.name}` })
    } catch (error) {
      // The whole namespace is going away: there is nothing to tell anybody, and nothing to try again.
      if (isNamespaceTerminating(error)) return
      this.#writes.failed(keyOf(owner), error)
      events.event(owner, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${messageOf(error)}` })
      throw error
    }
  }

  async delete(owner: O, pod: Pod): Promise<void> {
    const { client, events } = this.#context
    try {
      await client.delete(Pod, pod.metadata, { preconditions: { uid: pod.metadata.uid } })
      this.#writes.deleted(pod)
      events.event(owner, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` })
    } catch (error) {
      if (isNotFound(error)) return
      this.#writes.failed(keyOf(owner), error)
      events.event(owner, { type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${messageOf(error)}` })
      throw error
    }
  }
}

/** Does `work` with all at once; the first failure comes back when every one of them has had its turn. */
export async function forAll<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<{ error?: unknown }> {
  const results = await Promise.allSettled(items.map(work))
  const failed = results.find(result => result.status === 'rejected')
  return failed ? { error: failed.reason as unknown } : {}
}
