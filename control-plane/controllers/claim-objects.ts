import type { Kind, KubernetesObject } from '../../api/kind.ts'
import { controllerOf, controllerReference } from '../../api/owners.ts'
import { isInvalid, isNotFound } from '../../api/errors.ts'
import type { Client } from '../../client/client.ts'

export interface Claim<O extends KubernetesObject> {
  /** Already ours. */
  readonly owned: readonly O[]
  /** Nobody's, and selected. */
  readonly adopt: readonly O[]
  /** Ours, but no longer selected. */
  readonly release: readonly O[]
}

/** Which of the objects of a namespace belong to the owner, should, or should no longer. */
export function planClaim<O extends KubernetesObject>(
  owner: KubernetesObject,
  objects: readonly O[],
  selects: (object: O) => boolean,
): Claim<O> {
  const claim = { owned: [] as O[], adopt: [] as O[], release: [] as O[] }
  for (const object of objects) {
    const controller = controllerOf(object)
    const selected = selects(object)
    if (controller && controller.uid !== owner.metadata.uid) continue
    if (controller && selected) claim.owned.push(object)
    else if (owner.metadata.deletionTimestamp || object.metadata.deletionTimestamp) continue
    else if (controller) claim.release.push(object)
    else if (selected) claim.adopt.push(object)
  }
  return claim
}

interface Kinds<O extends KubernetesObject, P extends KubernetesObject> {
  readonly owner: Kind<P>
  readonly object: Kind<O>
}

/** Makes the owner the controller of `object`. Undefined when the object went away meanwhile. */
async function adopt<O extends KubernetesObject, P extends KubernetesObject>(
  client: Pick<Client, 'patch'>,
  kinds: Kinds<O, P>,
  { owner, object }: { owner: P; object: O },
): Promise<O | undefined> {
  const metadata = { uid: object.metadata.uid, ownerReferences: [controllerReference(kinds.owner, owner)] }
  return unlessGone(client.patch(kinds.object, object.metadata, { type: 'strategic', body: { metadata } }))
}

/** Gives up control over `object`. */
async function release<O extends KubernetesObject>(
  client: Pick<Client, 'patch'>,
  kind: Kind<O>,
  { owner, object }: { owner: KubernetesObject; object: O },
): Promise<O | undefined> {
  const metadata = { uid: object.metadata.uid, ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }] }
  return unlessGone(client.patch(kind, object.metadata, { type: 'strategic', body: { metadata } }))
}

export interface Claiming<O extends KubernetesObject, P extends KubernetesObject> {
  readonly client: Pick<Client, 'get' | 'patch'>
  readonly kinds: Kinds<O, P>
  readonly owner: P
  readonly selects: (object: O) => boolean
  /** Which orphans are worth having; all of them unless told otherwise. */
  readonly adoptable?: (object: O) => boolean
  /** Hears of every object written. */
  readonly written: (object: O) => void
}

/** Adopts and releases among the objects of a namespace, and returns those that are the owner's then (upstream's ControllerRefManager). */
export async function claim<O extends KubernetesObject, P extends KubernetesObject>(
  objects: readonly O[],
  { client, kinds, owner, selects, adoptable = () => true, written }: Claiming<O, P>,
): Promise<readonly O[]> {
  const plan = planClaim(owner, objects, selects)
  const orphans = plan.adopt.filter(adoptable)
  const fresh = orphans.length > 0 && (await stillExists(client, kinds.owner, owner)) ? orphans : []
  const adopted = await Promise.all(fresh.map(object => adopt(client, kinds, { owner, object })))
  const released = await Promise.all(plan.release.map(object => release(client, kinds.object, { owner, object })))
  for (const object of [...adopted, ...released]) if (object) written(object)
  return [...plan.owned, ...adopted.filter(object => object !== undefined)]
}

/** Before adopting: the cache may show an owner that has been deleted since. */
async function stillExists<P extends KubernetesObject>(client: Pick<Client, 'get'>, kind: Kind<P>, owner: P): Promise<boolean> {
  try {
    const current = await client.get(kind, owner.metadata)
    return current.metadata.uid === owner.metadata.uid && !current.metadata.deletionTimestamp
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

async function unlessGone<O>(answer: Promise<O>): Promise<O | undefined> {
  try {
    return await answer
  } catch (error) {
    // Invalid: the uid is another one by now.
    if (isNotFound(error) || isInvalid(error)) return undefined
    throw error
  }
}
