import { StatefulSet } from '../../../api/apps/stateful-set.ts'
import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import { Pod } from '../../../api/core/pod.ts'
import type { PodTemplateSpec } from '../../../api/core/pod-spec.ts'
import { isAlreadyExists, isNamespaceTerminating, isNotFound } from '../../../api/errors.ts'
import { controllerReference } from '../../../api/owners.ts'
import { keyOf } from '../../../client/cache.ts'
import type { NewObject } from '../../../client/client.ts'
import { messageOf } from '../../../common/error-message.ts'
import type { ControllerContext } from '../context.ts'
import { OwnWrites } from '../own-writes.ts'
import { isStaleClaim, planClaimOwners } from './claim-owners.ts'
import { claimsOf, identityMatches, ordinalOf, podName, statefulPod, storageMatches, withIdentity } from './identity.ts'

type Verb = 'Create' | 'Update' | 'Delete'
type NewClaim = ReturnType<typeof claimsOf>[number]

/** Creates, repairs and deletes the pods of StatefulSets and their claims, in upstream's words (StatefulPodControl). */
export class StatefulPods {
  readonly #context: ControllerContext
  readonly #writes: OwnWrites<Pod>
  readonly #claimWrites: OwnWrites<PersistentVolumeClaim>

  constructor(context: ControllerContext, writes: OwnWrites<Pod>) {
    this.#context = context
    this.#writes = writes
    this.#claimWrites = new OwnWrites(context, PersistentVolumeClaim)
  }

  /** Resolves when the cache shows all claims written for the set. */
  seen(key: string, signal: AbortSignal): Promise<void> {
    return this.#claimWrites.seen(key, signal)
  }

  get #claims() {
    return this.#context.informers.for(PersistentVolumeClaim).cache
  }

  /** Whether a claim of this number goes away with an earlier pod. */
  isStale(set: StatefulSet, ordinal: number): boolean {
    return this.#existing(set, ordinal).some(claim => isStaleClaim(claim, podName(set, ordinal)))
  }

  /** Whether the claims of the pod belong to whom they should. */
  isSettled(set: StatefulSet, pod: Pod): boolean {
    return this.#existing(set, ordinalOf(pod)).every(claim => planClaimOwners(claim, set, pod) === undefined)
  }

  async create(set: StatefulSet, ordinal: number, from: { readonly template: PodTemplateSpec; readonly revision: string }): Promise<void> {
    const { metadata, spec } = statefulPod(set, ordinal, from)
    const { name } = metadata
    const pod = { metadata: { ...metadata, ownerReferences: [controllerReference(StatefulSet, set)] }, spec }
    await this.#told({ set, verb: 'Create', pod: name }, async () => {
      await this.#createClaims(set, name, ordinal)
      const created = await this.#context.client.create(Pod, pod as NewObject<Pod>)
      this.#writes.written(keyOf(set), created)
      await this.settle(set, created)
    })
  }

  async delete(set: StatefulSet, pod: Pod): Promise<void> {
    await this.#told({ set, verb: 'Delete', pod: pod.metadata.name }, async () => {
      await this.#context.client.delete(Pod, pod.metadata, { preconditions: { uid: pod.metadata.uid } })
      this.#writes.deleted(pod)
    })
  }

  /** Claims that a pod waits for. */
  async claim(set: StatefulSet, pod: Pod): Promise<void> {
    await this.#createClaims(set, pod.metadata.name, ordinalOf(pod))
    await this.settle(set, pod)
  }

  async repair(set: StatefulSet, pod: Pod): Promise<void> {
    await this.#told({ set, verb: 'Update', pod: pod.metadata.name }, async () => {
      await this.claim(set, pod)
      if (identityMatches(set, pod) && storageMatches(set, pod)) return
      const updated = await this.#context.client.update(Pod, withIdentity(set, pod))
      this.#writes.written(keyOf(set), updated)
    })
  }

  /** Gives the claims of a pod the owners that the retention policy wants. */
  async settle(set: StatefulSet, pod: Pod): Promise<void> {
    for (const claim of this.#existing(set, ordinalOf(pod))) {
      const ownerReferences = planClaimOwners(claim, set, pod)
      if (!ownerReferences) continue
      const owned = { ...claim, metadata: { ...claim.metadata, ownerReferences } }
      this.#claimWrites.written(keyOf(set), await this.#context.client.update(PersistentVolumeClaim, owned))
    }
  }

  #existing(set: StatefulSet, ordinal: number): PersistentVolumeClaim[] {
    return claimsOf(set, ordinal).flatMap(({ metadata }) => this.#claims.get(`${set.metadata.namespace}/${metadata.name}`) ?? [])
  }

  async #createClaims(set: StatefulSet, pod: string, ordinal: number): Promise<void> {
    const problems: string[] = []
    for (const claim of claimsOf(set, ordinal)) {
      const existing = this.#claims.get(`${set.metadata.namespace}/${claim.metadata.name}`)
      if (existing?.metadata.deletionTimestamp) problems.push(`pvc ${claim.metadata.name} is being deleted`)
      else if (!existing) problems.push(...(await this.#createClaim(set, pod, claim)))
    }
    if (problems.length > 0) throw new Error(problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`)
  }

  async #createClaim(set: StatefulSet, pod: string, claim: NewClaim): Promise<string[]> {
    const { client, events } = this.#context
    const { name } = claim.metadata
    try {
      this.#claimWrites.written(keyOf(set), await client.create(PersistentVolumeClaim, claim))
    } catch (error) {
      if (isAlreadyExists(error)) return []
      if (isNamespaceTerminating(error)) throw error
      const message = `create Claim ${name} for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${messageOf(error)}`
      events.event(set, { type: 'Warning', reason: 'FailedCreate', message })
      return [`failed to create PVC ${name}: ${messageOf(error)}`]
    }
    const message = `create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`
    events.event(set, { type: 'Normal', reason: 'SuccessfulCreate', message })
    return []
  }

  /** Upstream's recordPodEvent. What exists or is gone already needs no telling. */
  async #told({ set, verb, pod }: { set: StatefulSet; verb: Verb; pod: string }, work: () => Promise<void>): Promise<void> {
    const { events } = this.#context
    const what = `${verb.toLowerCase()} Pod ${pod} in StatefulSet ${set.metadata.name}`
    try {
      await work()
      events.event(set, { type: 'Normal', reason: `Successful${verb}`, message: `${what} successful` })
    } catch (error) {
      if (isNamespaceTerminating(error) || (verb === 'Delete' && isNotFound(error))) return
      if (verb !== 'Create' || !isAlreadyExists(error))
        events.event(set, { type: 'Warning', reason: `Failed${verb}`, message: `${what} failed error: ${messageOf(error)}` })
      throw error
    }
  }
}
