import type { ReplicaSetStatus } from '../../../api/apps/replica-set.ts'
import { Pod } from '../../../api/core/pod.ts'
import { isNotFound } from '../../../api/errors.ts'
import type { Kind } from '../../../api/kind.ts'
import { matches, type Selector } from '../../../api/label-selector.ts'
import { controllerOf } from '../../../api/owners.ts'
import { isPodFinished } from '../../../api/pod-phase.ts'
import { messageOf } from '../../../common/error-message.ts'
import { keyOf } from '../../../client/cache.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { claim } from '../claim-objects.ts'
import type { ControllerContext } from '../context.ts'
import { OwnWrites } from '../own-writes.ts'
import { forAll, PodControl, podFromTemplate } from '../pod-control.ts'
import { isPodActive } from '../pod-readiness.ts'
import { sameStatus } from '../same-status.ts'
import { slowStart } from '../slow-start.ts'
import { planPods } from './plan-pods.ts'
import { replicaSetStatus, type ObservedPods, type Replicated } from './replica-set-status.ts'

export interface ReplicatedKind<O extends Replicated> {
  readonly name: string
  readonly kind: Kind<O>
  selectorOf(owner: O): Selector
  /** What of a ReplicaSet's status this kind has. */
  statusOf?(status: ReplicaSetStatus): ReplicaSetStatus
}

/** The smallest complete controller: keeps as many pods of a template as asked for. Read this one first. */
export function replicaController<O extends Replicated>(context: ControllerContext, of: ReplicatedKind<O>): Controller {
  const controller = new ReplicaController(context, of)
  return {
    name: of.name,
    watches: [watching(of.kind), watching(Pod, pod => controller.ownersOf(pod))],
    workers: 5,
    reconcile: (key, signal) => controller.reconcile(key, signal),
  }
}

class ReplicaController<O extends Replicated> {
  readonly #context: ControllerContext
  readonly #of: ReplicatedKind<O>
  readonly #writes: OwnWrites<Pod>
  readonly #control: PodControl<O>

  constructor(context: ControllerContext, of: ReplicatedKind<O>) {
    this.#context = context
    this.#of = of
    this.#writes = new OwnWrites(context, Pod)
    this.#control = new PodControl({ context, kind: of.kind, writes: this.#writes })
  }

  get #owners() {
    return this.#context.informers.for(this.#of.kind).cache
  }
  get #pods() {
    return this.#context.informers.for(Pod).cache
  }

  /** The owners that a pod concerns: its controller, or, of an orphan, those that might adopt it. */
  ownersOf(pod: Pod): string[] {
    const namespace = pod.metadata.namespace ?? ''
    const controller = controllerOf(pod)
    if (controller) return controller.kind === this.#of.kind.kind ? [`${namespace}/${controller.name}`] : []
    return this.#owners
      .inNamespace(namespace)
      .filter(owner => matches(this.#of.selectorOf(owner), pod.metadata.labels))
      .map(keyOf)
  }

  async reconcile(key: string, signal: AbortSignal): Promise<number | void> {
    await this.#writes.seen(key, signal)
    const owner = this.#owners.get(key)
    if (!owner) return
    // 1. Which pods are ours
    const selector = this.#of.selectorOf(owner)
    const found = this.#writes.withDeletions(this.#pods.inNamespace(owner.metadata.namespace ?? ''), this.#context.clock.now())
    const pods = await claim(found, {
      client: this.#context.client,
      kinds: { owner: this.#of.kind, object: Pod },
      owner,
      selects: pod => matches(selector, pod.metadata.labels),
      adoptable: isPodActive,
      written: pod => this.#writes.written(key, pod),
    })
    const active = pods.filter(isPodActive)
    // 2. Create or delete what is too few or too many
    const problem = owner.metadata.deletionTimestamp ? undefined : await this.#balance(owner, active)
    // 3. Tell what there is
    const terminating = pods.filter(pod => pod.metadata.deletionTimestamp && !isPodFinished(pod)).length
    const now = this.#context.clock.now()
    const { status, after } = replicaSetStatus(owner, { active, terminating, failure: problem?.failure, now })
    await this.#writeStatus(owner, this.#of.statusOf?.(status) ?? status)
    if (problem) throw problem.error
    return after
  }

  async #balance(owner: O, active: readonly Pod[]): Promise<{ failure: ObservedPods['failure']; error: unknown } | undefined> {
    const { replicas = 1, minReadySeconds = 0 } = owner.spec
    const plan = planPods(active, replicas, { related: this.#related(owner), minReadySeconds, now: this.#context.clock.now() })
    const creating = 'create' in plan
    const pod = podFromTemplate(owner.spec.template, owner.metadata.namespace)
    const { error } = creating
      ? await slowStart(plan.create, () => this.#control.create(owner, pod))
      : await forAll(plan.delete, each => this.#control.delete(owner, each))
    if (error === undefined) return undefined
    const message = messageOf(error)
    return { failure: { reason: creating ? 'FailedCreate' : 'FailedDelete', message }, error }
  }

  /** Active pods of all that have the same owner as this one. */
  #related(owner: O): readonly Pod[] {
    const parent = controllerOf(owner)?.uid
    const siblings = this.#owners
      .inNamespace(owner.metadata.namespace ?? '')
      .filter(each => each === owner || (parent !== undefined && controllerOf(each)?.uid === parent))
    const uids = new Set(siblings.map(({ metadata }) => metadata.uid))
    return this.#pods.inNamespace(owner.metadata.namespace ?? '').filter(pod => isPodActive(pod) && uids.has(controllerOf(pod)?.uid ?? ''))
  }

  async #writeStatus(owner: O, status: ReplicaSetStatus): Promise<void> {
    if (sameStatus(owner.status, status)) return
    try {
      await this.#context.client.updateStatus(this.#of.kind, { ...owner, status })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}
