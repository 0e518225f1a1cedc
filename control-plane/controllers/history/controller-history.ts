import { ControllerRevision } from '../../../api/apps/controller-revision.ts'
import { isAlreadyExists, isNotFound } from '../../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { matches, type Selector } from '../../../api/label-selector.ts'
import { controllerReference } from '../../../api/owners.ts'
import { keyOf } from '../../../client/cache.ts'
import type { NewObject } from '../../../client/client.ts'
import { isEqual } from '../../../common/equal.ts'
import { claim } from '../claim-objects.ts'
import type { ControllerContext } from '../context.ts'
import { OwnWrites } from '../own-writes.ts'
import { planRevision, revisionName, sortRevisions } from './revisions.ts'

type Data = NonNullable<ControllerRevision['data']>

/** How the revisions of one kind of owner are named and labelled. */
export interface RevisionStyle {
  hash(data: Data, collisionCount: number | undefined): string
  labels(hash: string): Readonly<Record<string, string>>
}

export interface Newest {
  readonly revision: ControllerRevision
  /** How many names were taken by other contents so far. */
  readonly collisionCount: number | undefined
}

/** The ControllerRevisions of owners: which there are, the one for what is wanted now, and the end of old ones. */
export class ControllerHistory<O extends KubernetesObject> {
  readonly #context: ControllerContext
  readonly #kind: Kind<O>
  readonly #writes: OwnWrites<ControllerRevision>

  constructor(context: ControllerContext, kind: Kind<O>) {
    this.#context = context
    this.#kind = kind
    this.#writes = new OwnWrites(context, ControllerRevision)
  }

  /** Resolves when the cache shows everything written for the owner. */
  seen(key: string, signal: AbortSignal): Promise<void> {
    return this.#writes.seen(key, signal)
  }

  /** The owner's revisions, oldest first, after adopting and releasing. */
  async list(owner: O, selector: Selector): Promise<readonly ControllerRevision[]> {
    const all = this.#context.informers.for(ControllerRevision).cache.inNamespace(owner.metadata.namespace ?? '')
    const revisions = await claim(
      all.filter(revision => !this.#writes.isDeleted(revision)),
      {
        client: this.#context.client,
        kinds: { owner: this.#kind, object: ControllerRevision },
        owner,
        selects: revision => matches(selector, revision.metadata.labels),
        written: revision => this.#writes.written(keyOf(owner), revision),
      },
    )
    return sortRevisions(revisions)
  }

  /** The revision that holds `data`, as the newest of all. */
  async ensure(
    owner: O,
    revisions: readonly ControllerRevision[],
    wanted: { readonly data: Data; readonly collisionCount: number | undefined; readonly style: RevisionStyle },
  ): Promise<Newest> {
    const { data, collisionCount, style } = wanted
    const plan = planRevision(revisions, data)
    if ('keep' in plan) return { revision: plan.keep, collisionCount }
    if ('renew' in plan) return { revision: await this.#renew(owner, plan.renew, plan.revision), collisionCount }
    return this.#create(owner, { data, revision: plan.revision, collisionCount, style })
  }

  async delete(owner: O, revision: ControllerRevision): Promise<void> {
    try {
      await this.#context.client.delete(ControllerRevision, revision.metadata, { preconditions: { uid: revision.metadata.uid } })
      this.#writes.deleted(revision)
    } catch (error) {
      if (isNotFound(error)) return
      this.#writes.failed(keyOf(owner), error)
      throw error
    }
  }

  async #renew(owner: O, revision: ControllerRevision, number: number): Promise<ControllerRevision> {
    const body = { metadata: { uid: revision.metadata.uid }, revision: number }
    const renewed = await this.#context.client.patch(ControllerRevision, revision.metadata, { type: 'merge', body })
    this.#writes.written(keyOf(owner), renewed)
    return renewed
  }

  async #create(
    owner: O,
    { data, revision, collisionCount, style }: { data: Data; revision: number; collisionCount: number | undefined; style: RevisionStyle },
  ): Promise<Newest> {
    const { client } = this.#context
    const { namespace, annotations } = owner.metadata
    for (let collisions = collisionCount; ; collisions = (collisions ?? 0) + 1) {
      const hash = style.hash(data, collisions)
      const metadata = {
        name: revisionName(owner.metadata.name, hash),
        namespace: namespace ?? '',
        labels: style.labels(hash),
        ...(annotations ? { annotations } : {}),
        ownerReferences: [controllerReference(this.#kind, owner)],
      }
      try {
        const created = await client.create(ControllerRevision, { metadata, data, revision } as NewObject<ControllerRevision>)
        this.#writes.written(keyOf(owner), created)
        return { revision: created, collisionCount: collisions }
      } catch (error) {
        if (!isAlreadyExists(error)) throw error
        const existing = await client.get(ControllerRevision, metadata)
        this.#writes.written(keyOf(owner), existing)
        if (isEqual(existing.data, data)) return { revision: existing, collisionCount: collisions }
      }
    }
  }
}
