import { Deployment, type DeploymentCondition, type DeploymentStatus } from '../../../api/apps/deployment.ts'
import { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { findCondition } from '../../../api/conditions.ts'
import { Pod } from '../../../api/core/pod.ts'
import { isAlreadyExists, isNamespaceTerminating, isNotFound } from '../../../api/errors.ts'
import { matches, selectorFromObject } from '../../../api/label-selector.ts'
import { controllerOf } from '../../../api/owners.ts'
import { isEqual } from '../../../common/equal.ts'
import { messageOf } from '../../../common/error-message.ts'
import { keyOf } from '../../../client/cache.ts'
import type { Patch } from '../../../client/client.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { claim } from '../claim-objects.ts'
import type { ControllerContext } from '../context.ts'
import { OwnWrites } from '../own-writes.ts'
import { sameStatus } from '../same-status.ts'
import { countedStatus, isComplete, progressDeadline, rolloutStatus, stuckIn, withCondition } from './deployment-status.ts'
import { isRollingUpdate, mostPods, replicasOf } from './limits.ts'
import { allOf, isScalingEvent, newSetSize, planRollingUpdate, planStop, type Scaling, type Sets } from './plan-rollout.ts'
import { planScaling } from './plan-scaling.ts'
import {
  byAge,
  byRevision,
  findNewReplicaSet,
  isOwnTemplate,
  newReplicaSet,
  newSetAnnotations,
  nextRevision,
  revisionAnnotation,
  revisionOf,
  sizeAnnotations,
} from './revisions.ts'

/** Rolls a Deployment's template out through ReplicaSets, one per template. */
export const deploymentController = (context: ControllerContext): Controller => {
  const controller = new DeploymentController(context)
  return {
    name: 'deployment-controller',
    watches: [
      watching(Deployment),
      watching(ReplicaSet, set => controller.deploymentsOf(set)),
      watching(Pod, pod => controller.recreatedBy(pod)),
    ],
    workers: 5,
    reconcile: (key, signal) => controller.reconcile(key, signal),
  }
}

class DeploymentController {
  readonly #context: ControllerContext
  readonly #writes: OwnWrites<ReplicaSet>
  readonly #statusWrites: OwnWrites<Deployment>

  constructor(context: ControllerContext) {
    this.#context = context
    this.#writes = new OwnWrites(context, ReplicaSet)
    this.#statusWrites = new OwnWrites(context, Deployment)
  }

  get #deployments() {
    return this.#context.informers.for(Deployment).cache
  }
  get #replicaSets() {
    return this.#context.informers.for(ReplicaSet).cache
  }

  deploymentsOf(set: ReplicaSet): string[] {
    const namespace = set.metadata.namespace ?? ''
    const owner = controllerOf(set)
    if (owner) return owner.kind === 'Deployment' ? [`${namespace}/${owner.name}`] : []
    return this.#deployments
      .inNamespace(namespace)
      .filter(({ spec }) => matches(selectorFromObject(spec.selector), set.metadata.labels))
      .map(keyOf)
  }

  /** Only Recreate waits for pods; everybody else hears of them from the ReplicaSet's status. */
  recreatedBy(pod: Pod): string[] {
    const namespace = pod.metadata.namespace ?? ''
    const owner = controllerOf(pod)
    const set = owner?.kind === 'ReplicaSet' ? this.#replicaSets.get(`${namespace}/${owner.name}`) : undefined
    return (set ? this.deploymentsOf(set) : []).filter(key => {
      const deployment = this.#deployments.get(key)
      return deployment !== undefined && !isRollingUpdate(deployment)
    })
  }

  async reconcile(key: string, signal: AbortSignal): Promise<number | void> {
    await Promise.all([this.#writes.seen(key, signal), this.#statusWrites.seen(key, signal)])
    const deployment = this.#deployments.get(key)
    if (!deployment) return
    const sets = this.#split(deployment, await this.#claim(deployment))
    if (deployment.metadata.deletionTimestamp) return this.#finish(deployment, countedStatus(deployment, sets, this.#now()))
    const paused = this.#pauseConditions(deployment)
    if (paused) return this.#finish(deployment, { ...deployment.status, conditions: paused })
    if (deployment.spec.paused || isScalingEvent(deployment, allOf(sets))) return this.#scaleOnly(deployment, sets)
    return isRollingUpdate(deployment) ? this.#roll(deployment, sets) : this.#recreate(deployment, sets)
  }

  async #scaleOnly(deployment: Deployment, sets: Sets): Promise<void> {
    const known = sets.current ? await this.#adoptNew(deployment, sets, sets.current) : sets
    const scaled = await this.#apply(deployment, known, planScaling(deployment, known))
    if (deployment.spec.paused) await this.#cleanUp(deployment, scaled)
    await this.#finish(deployment, countedStatus(deployment, scaled, this.#now()))
  }

  async #roll(deployment: Deployment, found: Sets): Promise<number | void> {
    const sets = await this.#ensureNew(deployment, found)
    if (!sets) return
    const scaled = await this.#apply(deployment, sets, planRollingUpdate(deployment, sets))
    return this.#conclude(this.#withNewSet(deployment, found, scaled), scaled)
  }

  async #recreate(deployment: Deployment, found: Sets): Promise<number | void> {
    const stopping = planStop(found.old)
    if (stopping.length > 0) return this.#conclude(deployment, await this.#apply(deployment, found, stopping))
    if (this.#oldPodsRun(deployment, found)) return this.#conclude(deployment, found)
    const sets = await this.#ensureNew(deployment, found)
    if (!sets?.current) return
    const scaled = await this.#apply(deployment, sets, [{ set: sets.current, replicas: deployment.spec.replicas ?? 1 }])
    return this.#conclude(this.#withNewSet(deployment, found, scaled), scaled)
  }

  /** Upstream's oldPodsRunning; besides, a set that has not heard yet that it is to have no pods may be making some. */
  #oldPodsRun(deployment: Deployment, { current, old }: Sets): boolean {
    if (old.some(set => mostPods(set) > 0)) return true
    const uids = new Set(old.map(({ metadata }) => metadata.uid))
    return this.#context.informers
      .for(Pod)
      .cache.inNamespace(deployment.metadata.namespace ?? '')
      .some(pod => {
        const owner = controllerOf(pod)?.uid
        return (
          owner !== current?.metadata.uid && uids.has(owner ?? '') && !['Succeeded', 'Failed', 'Unknown'].includes(pod.status.phase ?? '')
        )
      })
  }

  async #conclude(deployment: Deployment, sets: Sets): Promise<number | void> {
    if (isComplete(deployment, countedStatus(deployment, sets, this.#now()))) await this.#cleanUp(deployment, sets)
    const status = rolloutStatus(deployment, sets, this.#now())
    await this.#finish(deployment, status)
    const after = stuckIn(deployment, status.conditions, this.#now())
    // A second more: upstream compares whole seconds too.
    if (after !== undefined && after > 0) return after + 1000
  }

  /** All ReplicaSets that are ours, after adopting and releasing. */
  #claim(deployment: Deployment): Promise<readonly ReplicaSet[]> {
    const sets = this.#replicaSets.inNamespace(deployment.metadata.namespace ?? '').filter(set => !this.#writes.isDeleted(set))
    const selector = selectorFromObject(deployment.spec.selector)
    return claim(sets, {
      client: this.#context.client,
      kinds: { owner: Deployment, object: ReplicaSet },
      owner: deployment,
      selects: set => matches(selector, set.metadata.labels),
      written: set => this.#writes.written(keyOf(deployment), set),
    })
  }

  #split(deployment: Deployment, sets: readonly ReplicaSet[]): Sets {
    const current = findNewReplicaSet(deployment, sets)
    return { current, old: sets.filter(set => set !== current) }
  }

  /** The conditions after `paused` was set or taken away, when they do not say so yet. */
  #pauseConditions(deployment: Deployment): DeploymentCondition[] | undefined {
    if (progressDeadline(deployment) === undefined) return undefined
    const current = findCondition(deployment.status.conditions, 'Progressing')
    if (current?.reason === 'ProgressDeadlineExceeded') return undefined
    const said = current?.reason === 'DeploymentPaused'
    if (said === (deployment.spec.paused ?? false)) return undefined
    const verdict = deployment.spec.paused
      ? { reason: 'DeploymentPaused', message: 'Deployment is paused' }
      : { reason: 'DeploymentResumed', message: 'Deployment is resumed' }
    return withCondition(deployment.status.conditions, { type: 'Progressing', status: 'Unknown', ...verdict }, this.#now())
  }

  /** The Deployment with the condition Progressing that a ReplicaSet just made, or found for the first time, is worth. */
  #withNewSet(deployment: Deployment, before: Sets, { current }: Sets): Deployment {
    const { status } = deployment
    if (!current || progressDeadline(deployment) === undefined) return deployment
    const known = findCondition(status.conditions, 'Progressing')
    if (before.current && known) return deployment
    const name = `new replica set "${current.metadata.name}"`
    const verdict = before.current
      ? { reason: 'FoundNewReplicaSet', message: `Found ${name}` }
      : { reason: 'NewReplicaSetCreated', message: `Created ${name}` }
    const conditions = withCondition(status.conditions, { type: 'Progressing', status: 'True', ...verdict }, this.#now())
    return { ...deployment, status: { ...status, conditions } }
  }

  /** The sets with one for the current template; undefined when its name was taken and the next try will use another. */
  async #ensureNew(deployment: Deployment, sets: Sets): Promise<Sets | undefined> {
    return sets.current ? this.#adoptNew(deployment, sets, sets.current) : this.#createNew(deployment, sets)
  }

  /** Brings revision and annotations of the ReplicaSet of the current template up to date, and the Deployment's revision with it. */
  async #adoptNew(deployment: Deployment, sets: Sets, current: ReplicaSet): Promise<Sets> {
    const revision = nextRevision(sets.old)
    const annotations = newSetAnnotations(deployment, current, revision)
    const minReadySeconds = deployment.spec.minReadySeconds ?? 0
    let set = current
    if (!isEqual(annotations, current.metadata.annotations ?? {}) || (current.spec.minReadySeconds ?? 0) !== minReadySeconds) {
      set = await this.#update(deployment, {
        ...current,
        metadata: { ...current.metadata, annotations },
        spec: { ...current.spec, minReadySeconds },
      })
    }
    await this.#setRevision(deployment, revisionOf(set))
    return { ...sets, current: set }
  }

  async #createNew(deployment: Deployment, sets: Sets): Promise<Sets | undefined> {
    const { client, events } = this.#context
    const revision = nextRevision(sets.old)
    const replicas = newSetSize(deployment, sets.old, 0)
    const wanted = newReplicaSet(deployment, revision, replicas)
    try {
      const current = await client.create(ReplicaSet, wanted)
      this.#writes.written(keyOf(deployment), current)
      if (replicas > 0) {
        const message = `Scaled up replica set ${current.metadata.name} from 0 to ${replicas}`
        events.event(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message })
      }
      await this.#setRevision(deployment, revision)
      return { ...sets, current }
    } catch (error) {
      if (isAlreadyExists(error)) return this.#resolveCollision(deployment, sets, wanted.metadata.name ?? '')
      this.#writes.failed(keyOf(deployment), error)
      // The whole namespace is going away: there is nothing to tell anybody.
      if (!isNamespaceTerminating(error)) await this.#reportCreateError(deployment, wanted.metadata.name, error)
      throw error
    }
  }

  /** A ReplicaSet of that name exists: ours, made by a try that we do not remember, or another template with the same hash. */
  async #resolveCollision(deployment: Deployment, sets: Sets, name: string): Promise<Sets | undefined> {
    const { client } = this.#context
    const existing = await client.get(ReplicaSet, { name, namespace: deployment.metadata.namespace })
    this.#writes.written(keyOf(deployment), existing)
    if (controllerOf(existing)?.uid === deployment.metadata.uid && isOwnTemplate(existing, deployment))
      return { ...sets, current: existing }
    const collisionCount = (deployment.status.collisionCount ?? 0) + 1
    await client.updateStatus(Deployment, { ...deployment, status: { ...deployment.status, collisionCount } })
    return undefined
  }

  async #reportCreateError(deployment: Deployment, name: string, error: unknown): Promise<void> {
    const message = `Failed to create new replica set "${name}": ${messageOf(error)}`
    this.#context.events.event(deployment, { type: 'Warning', reason: 'ReplicaSetCreateError', message })
    if (progressDeadline(deployment) === undefined) return
    const verdict = { type: 'Progressing', status: 'False', reason: 'ReplicaSetCreateError', message }
    await this.#finish(deployment, { ...deployment.status, conditions: withCondition(deployment.status.conditions, verdict, this.#now()) })
  }

  async #setRevision(deployment: Deployment, revision: bigint): Promise<void> {
    if (revisionOf(deployment) === revision) return
    const body = { metadata: { annotations: { [revisionAnnotation]: String(revision) } } }
    await this.#patch(deployment, { type: 'merge', body })
  }

  async #patch(deployment: Deployment, patch: Patch): Promise<void> {
    const key = keyOf(deployment)
    try {
      this.#statusWrites.written(key, await this.#context.client.patch(Deployment, deployment.metadata, patch))
    } catch (error) {
      if (isNotFound(error)) return
      this.#statusWrites.failed(key, error)
      throw error
    }
  }

  /** Carries out a plan; returns the sets as they are after it. */
  async #apply(deployment: Deployment, sets: Sets, plan: readonly Scaling[]): Promise<Sets> {
    const changed = new Map<ReplicaSet, ReplicaSet>()
    for (const { set, replicas } of plan) changed.set(set, await this.#scale(deployment, set, replicas))
    const now = (set: ReplicaSet) => changed.get(set) ?? set
    return { current: sets.current && now(sets.current), old: sets.old.map(now) }
  }

  async #scale(deployment: Deployment, set: ReplicaSet, replicas: number): Promise<ReplicaSet> {
    const before = replicasOf(set)
    const annotations = { ...set.metadata.annotations, ...sizeAnnotations(deployment) }
    if (before === replicas && isEqual(annotations, set.metadata.annotations)) return set
    const scaled = await this.#update(deployment, { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, replicas } })
    if (before !== replicas) {
      const message = `Scaled ${replicas > before ? 'up' : 'down'} replica set ${set.metadata.name} from ${before} to ${replicas}`
      this.#context.events.event(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message })
    }
    return scaled
  }

  async #update(deployment: Deployment, set: ReplicaSet): Promise<ReplicaSet> {
    try {
      const updated = await this.#context.client.update(ReplicaSet, set)
      this.#writes.written(keyOf(deployment), updated)
      return updated
    } catch (error) {
      this.#writes.failed(keyOf(deployment), error)
      throw error
    }
  }

  /**
   * Deletes old ReplicaSets beyond the history limit, the oldest revisions first, none that still has pods; with Recreate not even
   * ending ones, which new pods wait for.
   */
  async #cleanUp(deployment: Deployment, { old }: Sets): Promise<void> {
    const limit = deployment.spec.revisionHistoryLimit ?? 10
    const alive = old.filter(({ metadata }) => !metadata.deletionTimestamp).sort((a, b) => byRevision(a, b) || byAge(a, b))
    const empty = ({ metadata, spec, status }: ReplicaSet) =>
      status.replicas === 0 &&
      spec.replicas === 0 &&
      (metadata.generation ?? 0) <= (status.observedGeneration ?? 0) &&
      (isRollingUpdate(deployment) || !status.terminatingReplicas)
    for (const set of alive.slice(0, Math.max(0, alive.length - limit)).filter(empty)) await this.#delete(deployment, set)
  }

  async #delete(deployment: Deployment, set: ReplicaSet): Promise<void> {
    const options = { propagationPolicy: 'Background', preconditions: { uid: set.metadata.uid } } as const
    try {
      await this.#context.client.delete(ReplicaSet, set.metadata, options)
      this.#writes.deleted(set)
    } catch (error) {
      if (isNotFound(error)) return
      this.#writes.failed(keyOf(deployment), error)
      throw error
    }
  }

  async #finish(deployment: Deployment, status: DeploymentStatus): Promise<void> {
    const shown = this.#deployments.get(keyOf(deployment))?.status ?? {}
    if (sameStatus(shown, status)) return
    const { collisionCount, terminatingReplicas = null, ...rest } = status
    // A merge patch touches only what is counted here, whatever else was written to the object meanwhile.
    const body = {
      metadata: { uid: deployment.metadata.uid },
      status: { ...zeros, ...rest, terminatingReplicas, ...(collisionCount === undefined ? {} : { collisionCount }) },
    }
    await this.#patch(deployment, { type: 'merge', subresource: 'status', body })
  }

  #now(): Date {
    return this.#context.clock.now()
  }
}

const zeros = { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0, unavailableReplicas: 0 }
