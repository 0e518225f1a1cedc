import { ControllerRevision } from '../../../api/apps/controller-revision.ts'
import { DaemonSet, type DaemonSetStatus } from '../../../api/apps/daemon-set.ts'
import { Node } from '../../../api/core/node.ts'
import { Pod } from '../../../api/core/pod.ts'
import { isNotFound } from '../../../api/errors.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import { matches, selectorFromObject } from '../../../api/label-selector.ts'
import { controllerOf } from '../../../api/owners.ts'
import { podTemplateHash } from '../../../api/template-hash.ts'
import { keyOf } from '../../../client/cache.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { Backoff } from '../../../common/backoff.ts'
import { claim } from '../claim-objects.ts'
import type { ControllerContext } from '../context.ts'
import { ControllerHistory, type RevisionStyle } from '../history/controller-history.ts'
import { revisionLabel, templatePatch } from '../history/revisions.ts'
import { OwnWrites } from '../own-writes.ts'
import { forAll, PodControl } from '../pod-control.ts'
import { sameStatus } from '../same-status.ts'
import { slowStart } from '../slow-start.ts'
import { daemonPod, type DaemonSetState } from './daemon-pods.ts'
import { daemonSetStatus } from './daemon-set-status.ts'
import { planNodes, type NodesPlan } from './plan-nodes.ts'
import { planUpdate } from './plan-update.ts'

/** Upstream creates and deletes at most so many pods in one go. */
const burstReplicas = 250

/** Runs one pod on every node that fits, and rolls new templates out node by node. */
export const daemonSetController = (context: ControllerContext): Controller => {
  const controller = new DaemonSetController(context)
  return {
    name: 'daemonset-controller',
    watches: [
      watching(DaemonSet),
      watching(Pod, pod => controller.setsOf(pod)),
      watching(ControllerRevision, revision => controller.setsOf(revision)),
      watching(Node, () => controller.all()),
    ],
    workers: 2,
    reconcile: (key, signal) => controller.reconcile(key, signal),
  }
}

class DaemonSetController {
  readonly #context: ControllerContext
  readonly #writes: OwnWrites<Pod>
  readonly #history: ControllerHistory<DaemonSet>
  readonly #control: PodControl<DaemonSet>
  /** How often failed pods of one node are replaced. */
  readonly #failed = new Backoff(1000, 15 * 60_000)

  constructor(context: ControllerContext) {
    this.#context = context
    this.#writes = new OwnWrites(context, Pod)
    this.#history = new ControllerHistory(context, DaemonSet)
    this.#control = new PodControl({ context, kind: DaemonSet, writes: this.#writes })
  }

  get #sets() {
    return this.#context.informers.for(DaemonSet).cache
  }

  /** Any change of a node may concern any set. */
  all(): string[] {
    return this.#sets.list().map(keyOf)
  }

  setsOf(object: KubernetesObject): string[] {
    const namespace = object.metadata.namespace ?? ''
    const owner = controllerOf(object)
    if (owner) return owner.kind === 'DaemonSet' ? [`${namespace}/${owner.name}`] : []
    return this.#sets
      .inNamespace(namespace)
      .filter(set => matches(selectorFromObject(set.spec.selector), object.metadata.labels))
      .map(keyOf)
  }

  async reconcile(key: string, signal: AbortSignal): Promise<number | void> {
    await this.#writes.seen(key, signal)
    await this.#history.seen(key, signal)
    const set = this.#sets.get(key)
    if (!set) this.#failed.forget(`${key}/`)
    if (!set || set.metadata.deletionTimestamp) return
    // 1. Which revision is wanted, and what there is
    const revisions = await this.#history.list(set, selectorFromObject(set.spec.selector))
    const { revision, collisionCount } = await this.#newest(set, revisions)
    const hash = revision.metadata.labels?.[revisionLabel] ?? ''
    const state = await this.#observe(set, hash)
    // 2. Put right what is on the nodes; only then go on with an update
    const { error, after: retry, changed } = await this.#manage(state)
    const update = error === undefined && !changed ? await this.#carryOut(state, planUpdate(state)) : { error }
    // 3. Tell what there is
    const { status, after: available } = daemonSetStatus(state, collisionCount)
    await this.#writeStatus(set, status)
    if (update.error !== undefined) throw update.error
    // 4. Forget what nobody needs
    await this.#truncate(
      state,
      revisions.filter(each => each.metadata.uid !== revision.metadata.uid),
    )
    const moments = [retry, available].filter(moment => moment !== undefined)
    if (moments.length > 0) return Math.min(...moments)
  }

  #newest(set: DaemonSet, revisions: readonly ControllerRevision[]) {
    const { template } = set.spec
    const style: RevisionStyle = {
      hash: (_, collisions) => podTemplateHash(template, collisions),
      labels: hash => ({ ...template.metadata.labels, [revisionLabel]: hash }),
    }
    return this.#history.ensure(set, revisions, { data: templatePatch(template), collisionCount: set.status.collisionCount, style })
  }

  async #observe(set: DaemonSet, hash: string): Promise<DaemonSetState> {
    const { client, informers, clock } = this.#context
    const selector = selectorFromObject(set.spec.selector)
    const found = this.#writes.withDeletions(informers.for(Pod).cache.inNamespace(set.metadata.namespace ?? ''), clock.now())
    const pods = await claim(found, {
      client,
      kinds: { owner: DaemonSet, object: Pod },
      owner: set,
      selects: pod => matches(selector, pod.metadata.labels),
      written: pod => this.#writes.written(keyOf(set), pod),
    })
    return { set, nodes: informers.for(Node).cache.list(), pods, hash, now: clock.now() }
  }

  /** Upstream's manage; `after`: when a failed pod may be replaced that may not be yet. */
  async #manage(state: DaemonSetState): Promise<{ error?: unknown; after?: number; changed: boolean }> {
    const plan = planNodes(state)
    const { doomed, after } = this.#endedPods(state, plan)
    const todo = { create: plan.create, delete: [...plan.delete, ...doomed] }
    const { error } = await this.#carryOut(state, todo)
    const changed = todo.create.length + todo.delete.length > 0
    return { changed, ...(error === undefined ? {} : { error }), ...(after === undefined ? {} : { after }) }
  }

  #endedPods({ set, now }: DaemonSetState, { ended }: NodesPlan): { doomed: Pod[]; after?: number } {
    const { events } = this.#context
    const doomed: Pod[] = []
    const delays: number[] = []
    for (const { pod, node } of ended) {
      const name = `${pod.metadata.namespace}/${pod.metadata.name} on node ${node}`
      if (pod.status.phase === 'Succeeded') {
        const message = `Found succeeded daemon pod ${name}, will try to delete it`
        events.event(set, { type: 'Normal', reason: 'SucceededDaemonPod', message })
        doomed.push(pod)
        continue
      }
      const key = `${keyOf(set)}/${set.metadata.uid}/${set.status.observedGeneration ?? 0}/${node}`
      const delay = this.#failed.remainingSinceUpdate(key, now.getTime())
      if (delay > 0) {
        delays.push(delay)
        continue
      }
      this.#failed.next(key, now.getTime(), now.getTime())
      events.event(set, { type: 'Warning', reason: 'FailedDaemonPod', message: `Found failed daemon pod ${name}, will try to kill it` })
      doomed.push(pod)
    }
    return { doomed, ...(delays.length > 0 ? { after: Math.min(...delays) } : {}) }
  }

  async #carryOut({ set, hash }: DaemonSetState, plan: Pick<NodesPlan, 'create' | 'delete'>): Promise<{ error?: unknown }> {
    const nodes = plan.create.slice(0, burstReplicas)
    const create = (index: number) => this.#control.create(set, daemonPod(set, nodes[index] ?? '', hash))
    const created = await slowStart(nodes.length, create)
    const deleted = await forAll(plan.delete.slice(0, burstReplicas), pod => this.#control.delete(set, pod))
    const error = created.error ?? deleted.error
    return error === undefined ? {} : { error }
  }

  /** Deletes old revisions beyond the limit, the oldest first, none that a pod still has. */
  async #truncate({ set, pods }: DaemonSetState, old: readonly ControllerRevision[]): Promise<void> {
    const surplus = Math.max(0, old.length - (set.spec.revisionHistoryLimit ?? 10))
    const live = new Set(pods.map(({ metadata }) => metadata.labels?.[revisionLabel]))
    const historic = old.filter(({ metadata }) => !live.has(metadata.labels?.[revisionLabel]))
    for (const revision of historic.slice(0, surplus)) await this.#history.delete(set, revision)
  }

  async #writeStatus(set: DaemonSet, status: DaemonSetStatus): Promise<void> {
    if (sameStatus(set.status, status)) return
    try {
      await this.#context.client.updateStatus(DaemonSet, { ...set, status })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}
