import type { Kind, KubernetesObject } from '../../api/kind.ts'
import { matches, type Selector } from '../../api/label-selector.ts'
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
export function planClaim<O extends KubernetesObject>(owner: KubernetesObject, objects: readonly O[], selector: Selector): Claim<O> {
  const claim = { owned: [] as O[], adopt: [] as O[], release: [] as O[] }
  for (const object of objects) {
    const controller = controllerOf(object)
    const selected = matches(selector, object.metadata.labels)
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
export async function adopt<O extends KubernetesObject, P extends KubernetesObject>(
  client: Pick<Client, 'patch'>,
  kinds: Kinds<O, P>,
  { owner, object }: { owner: P; object: O },
): Promise<O | undefined> {
  const metadata = { uid: object.metadata.uid, ownerReferences: [controllerReference(kinds.owner, owner)] }
  return unlessGone(client.patch(kinds.object, object.metadata, { type: 'strategic', body: { metadata } }))
}

/** Gives up control over `object`. */
export async function release<O extends KubernetesObject>(
  client: Pick<Client, 'patch'>,
  kind: Kind<O>,
  { owner, object }: { owner: KubernetesObject; object: O },
): Promise<O | undefined> {
  const metadata = { uid: object.metadata.uid, ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }] }
  return unlessGone(client.patch(kind, object.metadata, { type: 'strategic', body: { metadata } }))
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
