import { CustomResourceDefinition } from '../../../api/apiextensions/custom-resource-definition.ts'
import { isConflict, isInvalid, isNotFound } from '../../../api/errors.ts'
import { apiVersionOf, type Kind, type KubernetesObject } from '../../../api/kind.ts'
import type { OwnerReference } from '../../../api/meta.ts'
import { allSynced } from '../../../client/controller.ts'
import { discoverKinds } from '../../../client/discovery.ts'
import type { Informer } from '../../../client/informer.ts'
import { WorkQueue } from '../../../client/work-queue.ts'
import { sleepUnlessAborted } from '../../../common/clock.ts'
import { runAll, type Runnable } from '../../../common/run.ts'
import type { ControllerContext } from '../context.ts'
import { Graph, type GraphNode } from './graph.ts'
import { blockers, foreground, isDeletedWith, orphan, planCollection, type CollectionPlan, type OwnerState } from './plan-collection.ts'

/** Nobody owns through events, and they are many. */
const ignored = (kind: Kind) => kind.plural === 'events'
const discoveryInterval = 300_000
const discoveryRetry = 1_000
/** Definitions come in crowds, and are served a moment after they have come. */
const discoveryDelay = 500

/**
 * Deletes what lost its owners; carries out foreground deletion (dependents first) and orphaning. It decides on its own
 * picture of all objects, but asks the server before it believes that an owner is gone.
 */
export class GarbageCollector implements Runnable {
  readonly #context: ControllerContext
  readonly #graph = new Graph()
  readonly #queue: WorkQueue
  readonly #kinds = new Map<string, Kind>()
  /** Objects with owners of kinds that are not known yet. */
  readonly #undecided = new Set<string>()

  constructor(context: ControllerContext) {
    this.#context = context
    this.#queue = new WorkQueue(uid => this.#process(uid), {
      workers: 10,
      observer: context.observeQueue?.(),
      clock: context.clock,
      onError: (uid, error) => context.log[isConflict(error) ? 'debug' : 'warn']('object not collected', { uid, error }),
    })
  }

  run(signal: AbortSignal): Promise<void> {
    return runAll([{ run: stop => this.#follow(stop) }, this.#queue], signal)
  }

  /** Watches every kind there is; looks for new ones from time to time, and when somebody defines one. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { client, log } = this.#context
    const running: Promise<void>[] = []
    let defined = new AbortController()
    const wake = () => defined.abort()
    this.#context.informers.for(CustomResourceDefinition).addListener({ added: wake, updated: wake, deleted: () => undefined })
    while (!signal.aborted) {
      defined = new AbortController()
      let delay = discoveryInterval
      try {
        const kinds = (await discoverKinds(client)).filter(
          kind => ['list', 'watch', 'delete'].every(verb => kind.verbs?.includes(verb)) && !ignored(kind),
        )
        const informers = kinds.filter(kind => !this.#kinds.has(nameOf(kind))).map(kind => this.#informer(kind))
        // One after the other: all at once they would take the server, and a connection each, for what nobody waits for.
        for (const informer of informers) {
          running.push(informer.run(signal))
          await allSynced([informer], signal)
        }
        if (informers.length > 0) this.#decideAgain()
      } catch (error) {
        log.warn('discovery failed', { error })
        delay = discoveryRetry
      }
      await sleepUnlessAborted(this.#context.clock, delay, AbortSignal.any([signal, defined.signal]))
      if (defined.signal.aborted) await sleepUnlessAborted(this.#context.clock, discoveryDelay, signal)
    }
    await Promise.all(running)
  }

  /** Owners that could not be asked about may be of a kind that is known now. */
  #decideAgain(): void {
    const undecided = [...this.#undecided]
    this.#undecided.clear()
    for (const uid of undecided) this.#queue.add(uid)
  }

  #informer(kind: Kind): Informer<KubernetesObject> {
    this.#kinds.set(nameOf(kind), kind)
    const informer = this.#context.informers.apart({ kind, metadataOnly: true, transform: onlyOwnership })
    informer.addListener({
      added: object => this.#observe({ kind, metadata: object.metadata }),
      updated: (object, previous) => {
        this.#observe({ kind, metadata: object.metadata })
        // An owner under foreground deletion may have waited for this one, which does not belong to it, or does not hold it up, any more.
        this.#wakeOwners(unblocked(previous, object))
      },
      deleted: object => this.#remove({ kind, metadata: object.metadata }),
    })
    return informer
  }

  #observe(node: GraphNode): void {
    const { uid, ownerReferences } = node.metadata
    this.#graph.set(node)
    // Objects whose owners all live are the rule: no work for them.
    if (ownerReferences?.some(owner => this.#stateInGraph(owner) !== 'solid')) this.#queue.add(uid)
    if (isDeletedWith(node, foreground) || isDeletedWith(node, orphan)) this.#queue.add(uid)
  }

  #remove(node: GraphNode): void {
    const { uid, ownerReferences } = node.metadata
    const dependents = this.#graph.dependentsOf(uid)
    this.#graph.delete(uid)
    for (const dependent of dependents) this.#queue.add(dependent.metadata.uid)
    // An owner under foreground deletion may have waited for this one.
    this.#wakeOwners(ownerReferences ?? [])
  }

  #wakeOwners(owners: readonly OwnerReference[]): void {
    for (const { uid } of owners) if (this.#graph.get(uid)?.metadata.deletionTimestamp) this.#queue.add(uid)
  }

  async #process(uid: string): Promise<void> {
    const node = this.#graph.get(uid)
    if (!node) return
    if (isDeletedWith(node, orphan)) return this.#orphanDependents(node)
    if (isDeletedWith(node, foreground)) return this.#deleteDependents(node)
    if ((await this.#plan(node)).action === 'keep') return
    // The picture may be older than the object: who owns it is for the server to say before anything happens to it.
    const latest = await this.#latest(node)
    if (!latest) return
    const plan = await this.#plan(latest)
    if (plan.action === 'forget') await this.#forgetOwners(latest, new Set(plan.uids))
    if (plan.action === 'delete') await this.#delete(await this.#outOfCircle(latest, plan), plan.propagationPolicy)
  }

  /** Of objects that own each other in a circle, and wait for each other to go first, one has to give in (unblockOwnerReferences). */
  async #outOfCircle(node: GraphNode, plan: CollectionPlan): Promise<GraphNode> {
    const { kind, metadata } = node
    const mayWait = plan.action === 'delete' && plan.propagationPolicy === 'Foreground'
    const { ownerReferences = [], uid, resourceVersion } = metadata
    const isHeldUp = this.#graph.dependentsOf(uid).some(dependent => isDeletedWith(dependent, foreground))
    if (!mayWait || !isHeldUp || !ownerReferences.some(({ blockOwnerDeletion }) => blockOwnerDeletion)) return node
    const patient = ownerReferences.map(owner => ({ ...owner, blockOwnerDeletion: false }))
    const body = { metadata: { resourceVersion, ownerReferences: patient } }
    return { kind, metadata: (await this.#context.client.patch(kind, metadata, { type: 'merge', body })).metadata }
  }

  async #plan(node: GraphNode): Promise<CollectionPlan> {
    const { uid, ownerReferences = [] } = node.metadata
    const states = new Map(await Promise.all(ownerReferences.map(async owner => [owner.uid, await this.#stateOf(owner, node)] as const)))
    return planCollection(node, owner => states.get(owner.uid) ?? 'solid', this.#graph.dependentsOf(uid).length > 0)
  }

  /** The object as it is; undefined when it is gone, even if another one has its name. */
  async #latest({ kind, metadata }: GraphNode): Promise<GraphNode | undefined> {
    try {
      const latest = await this.#context.client.get(kind, metadata)
      return latest.metadata.uid === metadata.uid ? { kind, metadata: latest.metadata } : undefined
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }

  #stateInGraph({ uid }: OwnerReference): OwnerState {
    const owner = this.#graph.get(uid)
    if (!owner) return 'absent'
    return isDeletedWith(owner, foreground) ? 'waiting' : 'solid'
  }

  async #stateOf(owner: OwnerReference, dependent: GraphNode): Promise<OwnerState> {
    const known = this.#stateInGraph(owner)
    if (known !== 'absent') return known
    const kind =
      [...this.#kinds.values()].find(each => apiVersionOf(each) === owner.apiVersion && each.kind === owner.kind) ?? this.#byGroup(owner)
    // Not served: the owner cannot be asked about, so it is not presumed dead.
    if (!kind) {
      this.#undecided.add(dependent.metadata.uid)
      return 'solid'
    }
    const namespace = kind.namespaced ? dependent.metadata.namespace : undefined
    try {
      const current = await this.#context.client.get(kind, { name: owner.name, namespace })
      return current.metadata.uid === owner.uid ? 'solid' : 'absent'
    } catch (error) {
      if (isNotFound(error)) return 'absent'
      throw error
    }
  }

  /** References may name another version of a group than the preferred one. */
  #byGroup({ apiVersion, kind }: OwnerReference): Kind | undefined {
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
    return [...this.#kinds.values()].find(each => each.group === group && each.kind === kind)
  }

  async #delete(node: GraphNode, propagationPolicy: 'Foreground' | 'Background' | 'Orphan'): Promise<void> {
    const { metadata, kind } = node
    this.#context.log.debug('object collected', { resource: kind.plural, namespace: metadata.namespace, name: metadata.name })
    const { uid, resourceVersion } = metadata
    await unlessGone(this.#context.client.delete(kind, metadata, { propagationPolicy, preconditions: { uid, resourceVersion } }))
  }

  async #forgetOwners({ kind, metadata }: GraphNode, uids: ReadonlySet<string>): Promise<void> {
    const ownerReferences = (metadata.ownerReferences ?? []).filter(({ uid }) => !uids.has(uid))
    const body = {
      metadata: { resourceVersion: metadata.resourceVersion, ownerReferences: ownerReferences.length > 0 ? ownerReferences : null },
    }
    await unlessGone(this.#context.client.patch(kind, metadata, { type: 'merge', body }))
  }

  async #orphanDependents(owner: GraphNode): Promise<void> {
    const uids = new Set([owner.metadata.uid])
    await Promise.all(this.#graph.dependentsOf(owner.metadata.uid).map(dependent => this.#forgetOwners(dependent, uids)))
    await this.#removeFinalizer(owner, orphan)
  }

  async #deleteDependents(owner: GraphNode): Promise<void> {
    const dependents = this.#graph.dependentsOf(owner.metadata.uid)
    for (const dependent of dependents) if (!dependent.metadata.deletionTimestamp) this.#queue.add(dependent.metadata.uid)
    if (blockers(owner, dependents).length === 0) await this.#removeFinalizer(owner, foreground)
  }

  async #removeFinalizer({ kind, metadata }: GraphNode, finalizer: string): Promise<void> {
    const finalizers = (metadata.finalizers ?? []).filter(each => each !== finalizer)
    const body = { metadata: { resourceVersion: metadata.resourceVersion, finalizers: finalizers.length > 0 ? finalizers : null } }
    await unlessGone(this.#context.client.patch(kind, metadata, { type: 'merge', body }))
  }
}

/** The owners that an object held up before and does no more (upstream's addUnblockedOwnersToDeleteQueue). */
function unblocked(previous: KubernetesObject, object: KubernetesObject): readonly OwnerReference[] {
  const blocked = (of: KubernetesObject) => (of.metadata.ownerReferences ?? []).filter(({ blockOwnerDeletion }) => blockOwnerDeletion)
  const still = new Set(blocked(object).map(({ uid }) => uid))
  return blocked(previous).filter(({ uid }) => !still.has(uid))
}

const nameOf = (kind: Kind) => `${kind.group}/${kind.plural}`

const onlyOwnership = ({ apiVersion, kind, metadata }: KubernetesObject): KubernetesObject => {
  const { managedFields: _, annotations: __, labels: ___, ...rest } = metadata
  return { apiVersion, kind, metadata: rest }
}

async function unlessGone(write: Promise<unknown>): Promise<void> {
  try {
    await write
  } catch (error) {
    // Invalid: made anew under the same name.
    if (!isNotFound(error) && !isInvalid(error)) throw error
  }
}
