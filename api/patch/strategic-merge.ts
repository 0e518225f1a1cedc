import { isRecord, setOwn } from '../schema/records.ts'
import type { Schema } from '../schema/schema.ts'
import { arrange, identityBy } from './element-order.ts'
import { goValue } from './go-value.ts'
import { badPatchFormat, patchFailed } from './patch-errors.ts'
import { checkElementOrder, isMerged, isReplaced, mergeLists, withoutElements } from './strategic-lists.ts'

const removalPrefix = '$deleteFromPrimitiveList/'
const orderPrefix = '$setElementOrder/'

type Record_ = Readonly<Record<string, unknown>>

/**
 * A strategic merge patch: like a JSON merge patch, but lists that the schema says so for are merged by key, and
 * directives ($patch, $retainKeys, $setElementOrder/…, $deleteFromPrimitiveList/…) are followed. Neither argument is
 * changed. Throws what the API answers when the patch is badly formed.
 */
export function applyStrategicMergePatch(schema: Schema, original: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const directive = patch['$patch']
  if (directive !== undefined) return directed(directive, patch)
  const out = retained(isRecord(original) ? original : {}, patch)
  const done = new Set(['$retainKeys'])
  for (const key of Object.keys(patch)) if (key.startsWith(orderPrefix)) mergeInOrder({ schema, out, patch, done }, key)
  for (const key of Object.keys(patch)) {
    if (done.has(key)) continue
    if (key.startsWith(removalPrefix)) removeElements(out, key, patch[key])
    else mergeField({ schema, out, patch, done }, key)
  }
  return out
}

function directed(directive: unknown, patch: Record_): unknown {
  if (directive === 'delete') return {}
  if (directive !== 'replace') throw patchFailed(`unknown patch type: ${goValue(directive)} in map: ${goValue(patch)}`)
  const { $patch: _, ...rest } = patch
  return rest
}

/** A copy of the original, with only the keys that $retainKeys names where there is one. */
function retained(original: Record_, patch: Record_): Record<string, unknown> {
  const keys = patch['$retainKeys']
  if (keys === undefined) return { ...original }
  if (!Array.isArray(keys)) throw badPatchFormat('retainKeys')
  const foreign = Object.keys(patch).some(
    key =>
      key !== '$retainKeys' && patch[key] !== null && !key.startsWith(removalPrefix) && !key.startsWith(orderPrefix) && !keys.includes(key),
  )
  if (foreign) throw badPatchFormat('retainKeys')
  return Object.fromEntries(Object.entries(original).filter(([key]) => keys.includes(key)))
}

interface Merging {
  readonly schema: Schema
  readonly out: Record<string, unknown>
  readonly patch: Record_
  readonly done: Set<string>
}

const fieldSchema = (schema: Schema, key: string): Schema =>
  (schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined) ?? schema.additionalProperties ?? {}

function mergeInOrder({ schema, out, patch, done }: Merging, key: string): void {
  const name = key.slice(orderPrefix.length)
  const order = patch[key]
  done.add(key).add(name)
  const original = Object.hasOwn(out, name) ? (out[name] ?? undefined) : undefined
  const changes = patch[name] ?? undefined
  if (!Array.isArray(order) || !isOptionalList(original) || !isOptionalList(changes)) throw badPatchFormat('setElementOrder list')
  if (!original && !changes) return
  const field = fieldSchema(schema, name)
  const mergeKey = field['x-kubernetes-patch-merge-key']
  checkElementOrder(changes ?? [], order, mergeKey)
  const merged = changes ? mergeLists(field, { original: original ?? [], patch: changes }, applyStrategicMergePatch) : (original ?? [])
  const identity = identityBy(isMerged(field) ? mergeKey : undefined)
  setOwn(out, name, arrange(merged, { patch: order as unknown[], live: original ?? [], identity }))
}

const isOptionalList = (value: unknown): value is unknown[] | undefined => value === undefined || Array.isArray(value)

function removeElements(out: Record<string, unknown>, key: string, removed: unknown): void {
  const name = key.slice(removalPrefix.length)
  if (!Array.isArray(removed)) throw badPatchFormat('primitive list')
  if (Object.hasOwn(out, name)) setOwn(out, name, withoutElements(out[name], removed))
}

function mergeField({ schema, out, patch }: Merging, key: string): void {
  const change = patch[key]
  if (change === null) return void delete out[key]
  const field = fieldSchema(schema, key)
  const current = Object.hasOwn(out, key) ? out[key] : undefined
  setOwn(out, key, mergedValue(field, current, change))
}

function mergedValue(schema: Schema, current: unknown, change: unknown): unknown {
  if (Array.isArray(change)) {
    return mergeLists(schema, { original: Array.isArray(current) ? current : [], patch: change }, applyStrategicMergePatch)
  }
  if (!isRecord(change)) return change
  // Into nothing, merging leaves what the patch adds and drops its directives and nulls.
  return applyStrategicMergePatch(schema, isReplaced(schema) ? undefined : current, change)
}
