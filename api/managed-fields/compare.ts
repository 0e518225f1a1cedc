import { isEqual } from '../../common/equal.ts'
import { isRecord } from '../schema/records.ts'
import type { Schema } from '../schema/schema.ts'
import { asMember, emptySet, isEmptySet, leaf, memberBegun, type FieldSet } from './field-set.ts'
import { fieldElement, fieldSchema, itemsByElement, shapeOf } from './path-element.ts'

/** What became of the fields between two states of an object. */
export interface Comparison {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

const unchanged: Comparison = { added: emptySet, modified: emptySet, removed: emptySet }
const names = ['added', 'modified', 'removed'] as const

/** Compares two states of an object, field by field (upstream's typed Compare). */
export function compareFields(schema: Schema, before: unknown, after: unknown): Comparison {
  return { ...unchanged, ...changesOf(schema, before, after) }
}

type Changes = Partial<Comparison>

const isEmptyContainer = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) ? value.length === 0 : isRecord(value) && isEmptySet(value as FieldSet))

/** The changes at and below one value, each as the node of its set; `undefined` of a state: the value is not there. */
function changesOf(schema: Schema | undefined, before: unknown, after: unknown): Changes | undefined {
  if (before === undefined) return { added: wholeOf(schema, after) }
  if (after === undefined) return { removed: wholeOf(schema, before) }
  const shape = shapeOf(schema, after ?? before)
  // Empty and null containers are told apart as wholes.
  if (shape === 'leaf' || (isEmptyContainer(before) && isEmptyContainer(after)))
    return isEqual(before, after) ? undefined : { modified: leaf }
  return shape === 'items' && schema ? changesOfItems(schema, before, after) : changesOfRecord(schema, before, after)
}

/** Everything at and below a value that only one of the states has: containers are in it as well as what they contain. */
function wholeOf(schema: Schema | undefined, value: unknown): FieldSet {
  const shape = shapeOf(schema, value)
  if (shape === 'leaf' || isEmptyContainer(value)) return leaf
  const out = memberBegun()
  if (shape === 'items' && schema) for (const [element, item] of itemsByElement(schema, value)) out[element] = wholeOf(schema.items, item)
  else if (isRecord(value)) {
    for (const name in value) if (value[name] !== undefined) out[fieldElement(name)] = wholeOf(fieldSchema(schema, name), value[name])
  }
  return asMember(out)
}

function changesOfRecord(schema: Schema | undefined, before: unknown, after: unknown): Changes {
  const [old, now] = [isRecord(before) ? before : {}, isRecord(after) ? after : {}]
  const gathered = new Gathered()
  for (const name in now) {
    const [was, is] = [Object.hasOwn(old, name) ? old[name] : undefined, now[name]]
    if (was !== is) gathered.add(fieldElement(name), changesOf(fieldSchema(schema, name), was, is))
  }
  for (const name in old)
    if (!Object.hasOwn(now, name)) gathered.add(fieldElement(name), changesOf(fieldSchema(schema, name), old[name], undefined))
  return gathered.changes
}

function changesOfItems(schema: Schema, before: unknown, after: unknown): Changes {
  const [old, now] = [itemsByElement(schema, before), itemsByElement(schema, after)]
  const gathered = new Gathered()
  for (const [element, item] of now) gathered.add(element, changesOf(schema.items, old.get(element), item))
  for (const [element, item] of old) if (!now.has(element)) gathered.add(element, changesOf(schema.items, item, undefined))
  return gathered.changes
}

class Gathered {
  readonly changes: { added?: Record<string, FieldSet>; modified?: Record<string, FieldSet>; removed?: Record<string, FieldSet> } = {}

  add(element: string, changes: Changes | undefined): void {
    if (!changes) return
    for (const name of names) {
      const node = changes[name]
      if (node) (this.changes[name] ??= {})[element] = node
    }
  }
}
