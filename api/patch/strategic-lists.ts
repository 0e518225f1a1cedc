import { isEqual } from '../../common/equal.ts'
import { isRecord } from '../schema/records.ts'
import type { Schema } from '../schema/schema.ts'
import { arrange, identityBy, positionIn } from './element-order.ts'
import { goValue } from './go-value.ts'
import { notApplicable, patchFailed } from './patch-errors.ts'

export type MergeMaps = (schema: Schema, original: unknown, patch: unknown) => unknown

type List = readonly unknown[]
type Element = Readonly<Record<string, unknown>>

const strategiesOf = (schema: Schema) => (schema['x-kubernetes-patch-strategy'] ?? '').split(',')
export const isMerged = (schema: Schema): boolean => strategiesOf(schema).includes('merge')
export const isReplaced = (schema: Schema): boolean => strategiesOf(schema).includes('replace')

/** A list with the patch's list merged into it, in upstream's order; lists without that strategy are replaced. */
export function mergeLists(schema: Schema, lists: { readonly original: List; readonly patch: List }, mergeMaps: MergeMaps): List {
  const { original, patch } = lists
  if (!isMerged(schema)) return patch
  if (original.length + patch.length === 0) return original
  if (!elementsAreMaps(lists)) {
    const merged = [...original, ...patch].filter((item, index, all) => all.findIndex(other => isEqual(other, item)) === index)
    return arrange(merged, { patch, live: original, identity: identityBy(undefined) })
  }
  const mergeKey = schema['x-kubernetes-patch-merge-key']
  if (mergeKey === undefined) throw patchFailed('cannot merge lists without merge key for type struct')
  return mergeElements({ items: schema.items ?? {}, mergeKey, mergeMaps }, original as readonly Element[], patch as readonly Element[])
}

function elementsAreMaps({ original, patch }: { readonly original: List; readonly patch: List }): boolean {
  const all = [...original, ...patch]
  const maps = all.filter(isRecord).length
  if (all.some(item => Array.isArray(item))) throw notApplicable()
  if (maps > 0 && maps < all.length) {
    throw patchFailed(`list element types are not identical: ${goValue([original, patch])}`)
  }
  return maps > 0
}

interface Merging {
  readonly items: Schema
  readonly mergeKey: string
  readonly mergeMaps: MergeMaps
}

function mergeElements({ items, mergeKey, mergeMaps }: Merging, original: readonly Element[], patch: readonly Element[]): List {
  const identity = identityBy(mergeKey)
  const changes = patch.filter(element => element['$patch'] === undefined)
  if (patch.some(element => directiveOf(element) === 'replace')) return changes.map(change => mergeMaps(items, undefined, change))
  const removed = patch.filter(element => directiveOf(element) === 'delete')
  const live = original.filter(element => element[mergeKey] === undefined || positionIn(removed, element, identity) < 0)
  for (const element of removed) identity(element)
  const merged: unknown[] = [...live]
  for (const change of changes) {
    identity(change)
    const at = merged.findIndex(element => isRecord(element) && isEqual(element[mergeKey], change[mergeKey]))
    if (at >= 0) merged[at] = mergeMaps(items, merged[at], change)
    else merged.push(mergeMaps(items, undefined, change))
  }
  return arrange(merged, { patch: changes, live, identity })
}

function directiveOf(element: Element): 'replace' | 'delete' | undefined {
  const directive = element['$patch']
  if (directive === undefined || directive === 'replace' || directive === 'delete') return directive
  if (directive === 'merge') throw patchFailed('merging lists cannot yet be specified in the patch')
  throw patchFailed(`unknown patch type: ${goValue(directive)} in map: ${goValue(element)}`)
}

/** A list of scalars without those that the patch takes away. */
export const withoutElements = (list: unknown, removed: unknown): unknown =>
  Array.isArray(list) && Array.isArray(removed) ? list.filter(item => !removed.some(other => isEqual(other, item))) : list

/** The elements that the patch changes have to come in the order that $setElementOrder gives. */
export function checkElementOrder(patch: List, order: List, mergeKey: string | undefined): void {
  if (patch.length === 0 || order.length === 0) return
  const identity = identityBy(mergeKey)
  const changes = patch.filter(element => !(isRecord(element) && element['$patch'] !== undefined))
  let next = 0
  for (const element of order) {
    if (next < changes.length && isEqual(identity(changes[next]), identity(element))) next++
  }
  if (next < changes.length) {
    throw patchFailed(`The order in patch list:\n${goValue(patch)}\n doesn't match $setElementOrder list:\n${goValue(order)}\n`)
  }
}
