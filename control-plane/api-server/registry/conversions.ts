import { apiVersionOf, type Kind, type KubernetesObject } from '../../../api/kind.ts'
import { toStored } from './life-cycle.ts'
import type { Registry } from './registry.ts'
import type { StoredObject } from './stored-object.ts'

/** Has objects converted to what `kind` sees, where a webhook does that: `viewOf` has them then. Rejects when that fails. */
export async function prepareViews(
  { converter }: Pick<Registry, 'converter'>,
  kind: Kind,
  objects: readonly (StoredObject | undefined)[],
): Promise<void> {
  const conversion = kind.storedAs?.conversion
  if (!conversion) return
  const apiVersion = apiVersionOf(kind)
  const other = objects.filter((each): each is StoredObject => each !== undefined && each.object.apiVersion !== apiVersion)
  const missing = other.filter(each => each.converted(kind) === undefined)
  if (missing.length > 0) {
    const asked = converter.convert(
      conversion,
      missing.map(({ object }) => withDefaults(kind, object)),
      apiVersion,
    )
    for (const [index, stored] of missing.entries())
      stored.keepConverted(
        kind,
        asked.then(made => pruned(kind, made[index])),
      )
  }
  await Promise.all(other.map(each => each.converted(kind)))
}

/** The form in which an object of the kind is kept, by a webhook where one converts. */
export async function storedForm(
  { converter }: Pick<Registry, 'converter'>,
  kind: Kind,
  object: KubernetesObject,
): Promise<KubernetesObject> {
  const conversion = kind.storedAs?.conversion
  if (!conversion || conversion.storedVersion === kind.version) return toStored(kind, object)
  const storage = kind.otherVersion?.(conversion.storedVersion)
  const [converted] = await converter.convert(conversion, [object], apiVersionOf({ group: kind.group, version: conversion.storedVersion }))
  return pruned(storage ?? kind, converted)
}

/** What was stored has the defaults of the version that it is stored in. */
function withDefaults(kind: Kind, object: KubernetesObject): KubernetesObject {
  const version = object.apiVersion.split('/').at(-1) ?? ''
  return kind.otherVersion?.(version)?.applyDefaults?.(object) ?? object
}

/** A webhook may say more than the version has fields for. */
function pruned(kind: Kind, object: KubernetesObject | undefined): KubernetesObject {
  if (!object) throw new Error('a conversion without its object')
  return kind.decode?.({ ...object }).value ?? object
}
