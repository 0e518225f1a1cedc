import { ReplicaSet, type ReplicaSetStatus } from '../../../api/apps/replica-set.ts'
import { Pod } from '../../../api/core/pod.ts'
import { isNamespaceTerminating, isNotFound } from '../../../api/errors.ts'
import { matches, selectorFromObject } from '../../../api/label-selector.ts'
import { controllerOf, controllerReference } from '../../../api/owners.ts'
import { isPodFinished } from '../../../api/pod-phase.ts'
import { messageOf } from '../../../common/error-message.ts'
import { keyOf } from '../../../client/cache.ts'
import type { NewObject } from '../../../client/client.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { adopt, planClaim, release } from '../claim-objects.ts'
import type { ControllerContext } from '../context.ts'
import { OwnWrites } from '../own-writes.ts'
import { isPodActive } from '../pod-readiness.ts'
import { sameStatus } from '../same-status.ts'
import { slowStart } from '../slow-start.ts'
import { planPods } from './plan-pods.ts'
import { replicaSetStatus, type ObservedPods } from './replica-set-status.ts'

/** The smallest complete controller: keeps as many pods of a template as asked for. Read this one first. */
export const replicaSetController = (context: ControllerContext): Controller => {
  const controller = new ReplicaSetController(context)
  return {
    name: 'replicaset-controller',
    watches: [watching(ReplicaSet), watching(Pod, pod => controller.setsOf(pod))],
    workers: 5,
    reconcile: (key, signal) => controller.reconcile(key, signal),
  }
}

class ReplicaSetController {
  readonly #context: ControllerContext
  readonly #writes: OwnWrites<Pod>

  constructor(context: ControllerContext) {
    this.#context = context
    this.#writes = new OwnWrites(context.informers.for(Pod))
  }

  get #sets() {
    return this.#context.informers.for(ReplicaSet).cache
  }
  get #pods() {
    return this.#context.informers.for(Pod).cache
  }

  /** The ReplicaSets that a pod concerns: its controller, or, of an orphan, those that might adopt it. */
  setsOf(pod: Pod): string[] {
    const namespace = pod.metadata.namespace ?? ''
    const owner = controllerOf(pod)
    if (owner) return owner.kind === 'ReplicaSet' ? [`${namespace}/${owner.name}`] : []
    return this.#sets
      .inNamespace(namespace)
      .filter(set => matches(selectorFromObject(set.spec.selector), pod.metadata.labels))
      .map(keyOf)
  }

  async reconcile(key: string, signal: AbortSignal): Promise<number | void> {
    await this.#writes.seen(key, signal)
    const set = this.#sets.get(key)
    if (!set) return
    // 1. Which pods are ours
    const pods = await this.#claim(set)
    const active = pods.filter(pod => isPodActive(pod) && !this.#writes.isDeleted(pod))
    // 2. Create or delete what is too few or too many
    const problem = set.metadata.deletionTimestamp ? undefined : await this.#balance(set, active)
    // 3. Tell what there is
    const terminating = pods.filter(pod => pod.metadata.deletionTimestamp && !isPodFinished(pod)).length
    const now = this.#context.clock.now()
    const { status, after } = replicaSetStatus(set, { active, terminating, failure: problem?.failure, now })
    await this.#writeStatus(set, status)
    if (problem) throw problem.error
    return after
  }

  async #claim(set: ReplicaSet): Promise<readonly Pod[]> {
    const { client } = this.#context
    const pods = this.#pods.inNamespace(set.metadata.namespace ?? '')
    const claim = planClaim(set, pods, selectorFromObject(set.spec.selector))
    const adoptable = claim.adopt.filter(isPodActive)
    const fresh = adoptable.length > 0 && (await this.#stillExists(set)) ? adoptable : []
    const adopted = await Promise.all(fresh.map(object => adopt(client, { owner: ReplicaSet, object: Pod }, { owner: set, object })))
    const released = await Promise.all(claim.release.map(object => release(client, Pod, { owner: set, object })))
    for (const pod of [...adopted, ...released]) if (pod) this.#writes.written(keyOf(set), pod)
    return [...claim.owned, ...adopted.filter(pod => pod !== undefined)]
  }

  /** Before adopting: the cache may show an owner that has been deleted since. */
  async #stillExists(set: ReplicaSet): Promise<boolean> {
    try {
      const current = await this.#context.client.get(ReplicaSet, set.metadata)
      return current.metadata.uid === set.metadata.uid && !current.metadata.deletionTimestamp
    } catch (error) {
      if (isNotFound(error)) return false
      throw error
    }
  }

  async #balance(set: ReplicaSet, active: readonly Pod[]): Promise<{ failure: ObservedPods['failure']; error: unknown } | undefined> {
    const plan = planPods(active, set.spec.replicas ?? 1, { related: this.#related(set), now: this.#context.clock.now() })
    const creating = 'create' in plan
    const { error } = creating
      ? await slowStart(plan.create, () => this.#create(set))
      : await this.#all(plan.delete, pod => this.#delete(set, pod))
    if (error === undefined) return undefined
    const message = messageOf(error)
    return { failure: { reason: creating ? 'FailedCreate' : 'FailedDelete', message }, error }
  }

  async #all(pods: readonly Pod[], work: (pod: Pod) => Promise<void>): Promise<{ error?: unknown }> {
    const results = await Promise.allSettled(pods.map(work))
    const failed = results.find(result => result.status === 'rejected')
    return failed ? { error: failed.reason as unknown } : {}
  }

  /** Active pods of all ReplicaSets with the same owner. */
  #related(set: ReplicaSet): readonly Pod[] {
    const owner = controllerOf(set)?.uid
    const siblings = this.#sets
      .inNamespace(set.metadata.namespace ?? '')
      .filter(each => each === set || (owner !== undefined && controllerOf(each)?.uid === owner))
    const uids = new Set(siblings.map(({ metadata }) => metadata.uid))
    return this.#pods.inNamespace(set.metadata.namespace ?? '').filter(pod => isPodActive(pod) && uids.has(controllerOf(pod)?.uid ?? ''))
  }

  async #create(set: ReplicaSet): Promise<void> {
    const { client, events } = this.#context
    const template = set.spec.template
    const { labels, annotations, finalizers } = template?.metadata ?? {}
    const pod = {
      metadata: {
        generateName: `${set.metadata.name}-`,
        namespace: set.metadata.namespace,
        ...(labels ? { labels } : {}),
        ...(annotations ? { annotations } : {}),
        ...(finalizers ? { finalizers } : {}),
        ownerReferences: [controllerReference(ReplicaSet, set)],
      },
      spec: template?.spec,
    }
    try {
      const created = await client.create(Pod, pod as NewObject<Pod>)
      this.#writes.written(keyOf(set), created)
      events.event(set, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${created.metadata.name}` })
    } catch (error) {
      // The whole namespace is going away: there is nothing to tell anybody, and nothing to try again.
      if (isNamespaceTerminating(error)) return
      events.event(set, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${messageOf(error)}` })
      throw error
    }
  }

  async #delete(set: ReplicaSet, pod: Pod): Promise<void> {
    const { client, events } = this.#context
    const { name } = pod.metadata
    try {
      await client.delete(Pod, pod.metadata, { preconditions: { uid: pod.metadata.uid } })
      this.#writes.deleted(pod)
      events.event(set, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${name}` })
    } catch (error) {
      if (isNotFound(error)) return
      events.event(set, { type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${messageOf(error)}` })
      throw error
    }
  }

  async #writeStatus(set: ReplicaSet, status: ReplicaSetStatus): Promise<void> {
    if (sameStatus(set.status, status)) return
    try {
      await this.#context.client.updateStatus(ReplicaSet, { ...set, status })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}
