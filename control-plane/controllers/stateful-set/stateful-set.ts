import { ControllerRevision } from '../../../api/apps/controller-revision.ts'
import { StatefulSet, type StatefulSetStatus } from '../../../api/apps/stateful-set.ts'
import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import { Pod } from '../../../api/core/pod.ts'
import { isNotFound } from '../../../api/errors.ts'
import { matches, selectorFromObject } from '../../../api/label-selector.ts'
import { controllerOf } from '../../../api/owners.ts'
import { keyOf } from '../../../client/cache.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { claim } from '../claim-objects.ts'
import type { ControllerContext } from '../context.ts'
import { ControllerHistory, type Newest, type RevisionStyle } from '../history/controller-history.ts'
import { hashLabel, hashRevision, planTruncation, templateOf, templatePatch } from '../history/revisions.ts'
import { OwnWrites } from '../own-writes.ts'
import { forAll } from '../pod-control.ts'
import { sameStatus } from '../same-status.ts'
import { isMember, revisionOf } from './identity.ts'
import { planPods, type StatefulAction } from './plan-pods.ts'
import { statefulSetStatus } from './stateful-set-status.ts'
import { StatefulPods } from './stateful-pods.ts'

/** Keeps numbered pods that each have a name and claims of their own, and rolls new templates out from the highest number down. */
export const statefulSetController = (context: ControllerContext): Controller => {
  const controller = new StatefulSetController(context)
  return {
    name: 'statefulset-controller',
    watches: [
      watching(StatefulSet),
      watching(Pod, pod => controller.setsOf(pod)),
      // Nobody acts on these alone; the controller reads them.
      watching(PersistentVolumeClaim, () => []),
      watching(ControllerRevision, () => []),
    ],
    workers: 5,
    reconcile: (key, signal) => controller.reconcile(key, signal),
  }
}

interface Revisions {
  readonly current: ControllerRevision
  readonly update: ControllerRevision
  readonly collisionCount: number
}

class StatefulSetController {
  readonly #context: ControllerContext
  readonly #writes: OwnWrites<Pod>
  readonly #history: ControllerHistory<StatefulSet>
  readonly #stateful: StatefulPods

  constructor(context: ControllerContext) {
    this.#context = context
    this.#writes = new OwnWrites(context, Pod)
    this.#history = new ControllerHistory(context, StatefulSet)
    this.#stateful = new StatefulPods(context, this.#writes)
  }

  get #sets() {
    return this.#context.informers.for(StatefulSet).cache
  }

  setsOf(pod: Pod): string[] {
    const namespace = pod.metadata.namespace ?? ''
    const owner = controllerOf(pod)
    if (owner) return owner.kind === 'StatefulSet' ? [`${namespace}/${owner.name}`] : []
    return this.#sets
      .inNamespace(namespace)
      .filter(set => matches(selectorFromObject(set.spec.selector), pod.metadata.labels))
      .map(keyOf)
  }

  async reconcile(key: string, signal: AbortSignal): Promise<number | void> {
    await this.#writes.seen(key, signal)
    await this.#history.seen(key, signal)
    await this.#stateful.seen(key, signal)
    const set = this.#sets.get(key)
    if (!set) return
    // 1. Which revisions and pods there are
    const revisions = await this.#history.list(set, selectorFromObject(set.spec.selector))
    const pods = await this.#claim(set)
    const { current, update, collisionCount } = await this.#revisions(set, revisions)
    // 2. What is to be done with the pods
    const { actions, outdated } = planPods({
      set,
      pods,
      current: current.metadata.name,
      update: update.metadata.name,
      isStale: ordinal => this.#stateful.isStale(set, ordinal),
      isSettled: pod => this.#stateful.isSettled(set, pod),
      now: this.#context.clock.now(),
    })
    const { error } = await this.#carryOut(set, actions, { current, update })
    // 3. Tell what there is
    const names = { current: current.metadata.name, update: update.metadata.name }
    const observed = { pods, outdated: error === undefined ? outdated : [], ...names, collisionCount, now: this.#context.clock.now() }
    const { status, after } = statefulSetStatus(set, observed)
    await this.#writeStatus(set, status)
    if (error !== undefined) throw error
    // 4. Forget what nobody needs
    await this.#truncate(set, revisions, { pods, current, update })
    return after
  }

  /** The set's pods, after adopting and releasing; those that we have deleted say so even where the cache does not yet. */
  async #claim(set: StatefulSet): Promise<readonly Pod[]> {
    const { client, informers, clock } = this.#context
    const selector = selectorFromObject(set.spec.selector)
    const found = this.#writes.withDeletions(informers.for(Pod).cache.inNamespace(set.metadata.namespace ?? ''), clock.now())
    return claim(found, {
      client,
      kinds: { owner: StatefulSet, object: Pod },
      owner: set,
      selects: pod => matches(selector, pod.metadata.labels) && isMember(set, pod),
      written: pod => this.#writes.written(keyOf(set), pod),
    })
  }

  async #revisions(set: StatefulSet, revisions: readonly ControllerRevision[]): Promise<Revisions> {
    const newest = await this.#newest(set, revisions)
    const update = newest.revision
    const current = revisions.find(({ metadata }) => metadata.name === set.status.currentRevision) ?? update
    return { current, update, collisionCount: newest.collisionCount ?? 0 }
  }

  #newest(set: StatefulSet, revisions: readonly ControllerRevision[]): Promise<Newest> {
    const style: RevisionStyle = {
      hash: (data, collisions) => hashRevision(data, collisions ?? 0),
      labels: hash => ({ ...set.spec.template.metadata.labels, [hashLabel]: hash }),
    }
    const data = templatePatch(set.spec.template)
    return this.#history.ensure(set, revisions, { data, collisionCount: set.status.collisionCount ?? 0, style })
  }

  async #carryOut(
    set: StatefulSet,
    actions: readonly StatefulAction[],
    { current, update }: Pick<Revisions, 'current' | 'update'>,
  ): Promise<{ error?: unknown }> {
    const templates = new Map([current, update].map(revision => [revision.metadata.name, revision]))
    const act = (action: StatefulAction): Promise<void> => {
      if (action.do !== 'create') return this.#stateful[action.do](set, action.pod)
      const from = templates.get(action.revision) ?? update
      return this.#stateful.create(set, action.ordinal, { template: templateOf(from), revision: from.metadata.name })
    }
    if (set.spec.podManagementPolicy === 'Parallel') return forAll(actions, act)
    for (const action of actions) {
      const { error } = await forAll([action], act)
      if (error !== undefined) return { error }
    }
    return {}
  }

  /** Deletes old revisions that no pod has, beyond the limit. */
  async #truncate(
    set: StatefulSet,
    revisions: readonly ControllerRevision[],
    { pods, current, update }: { pods: readonly Pod[] } & Pick<Revisions, 'current' | 'update'>,
  ): Promise<void> {
    const live = new Set([current.metadata.name, update.metadata.name, ...pods.map(revisionOf)])
    const limit = set.spec.revisionHistoryLimit ?? 10
    const gone = planTruncation(revisions, { limit, isLive: ({ metadata }) => live.has(metadata.name) })
    for (const revision of gone) await this.#history.delete(set, revision)
  }

  async #writeStatus(set: StatefulSet, status: StatefulSetStatus): Promise<void> {
    if (sameStatus(set.status, status)) return
    try {
      await this.#context.client.updateStatus(StatefulSet, { ...set, status })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}
