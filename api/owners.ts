import { apiVersionOf, type Kind, type KubernetesObject } from './kind.ts'
import type { OwnerReference } from './meta.ts'

type Owned = Pick<KubernetesObject, 'metadata'>

/** The owner that manages this object; there is at most one. */
export const controllerOf = (object: Owned): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(reference => reference.controller === true)

export const isControlledBy = (object: Owned, owner: { readonly metadata: { readonly uid: string } }): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid

export const controllerReference = (
  kind: Pick<Kind, 'group' | 'version' | 'kind'>,
  owner: { readonly metadata: { readonly name: string; readonly uid: string } },
): OwnerReference => ({
  apiVersion: apiVersionOf(kind),
  kind: kind.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
})

/** A copy of `object` controlled by the owner that `reference` names; throws when somebody else controls it. */
export function setController<O extends Owned>(object: O, reference: OwnerReference): O {
  const current = controllerOf(object)
  if (current && current.uid !== reference.uid) {
    throw new Error(
      `Object ${object.metadata.namespace ?? ''}/${object.metadata.name} is already owned by another ${current.kind} controller ${current.name}`,
    )
  }
  const others = (object.metadata.ownerReferences ?? []).filter(each => each.uid !== reference.uid)
  return { ...object, metadata: { ...object.metadata, ownerReferences: [...others, reference] } }
}
