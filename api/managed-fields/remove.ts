import { isRecord } from '../schema/records.ts'
import type { Schema } from '../schema/schema.ts'
import { below, hasElement, isEmptySet, type FieldSet } from './field-set.ts'
import { fieldElement, fieldSchema, itemElement, shapeOf } from './path-element.ts'

/** The value without the fields of a set; null where nothing is left (upstream's RemoveItems). */
export function withoutFields(schema: Schema | undefined, value: unknown, set: FieldSet): unknown {
  if (isEmptySet(set)) return value
  const shape = shapeOf(schema, value)
  if (shape === 'items' && schema && Array.isArray(value)) return withoutItems(schema, value, set)
  if (shape !== 'fields' || !isRecord(value)) return typeof value === 'object' ? null : value
  const kept = Object.entries(value)
    .filter(([name]) => !hasElement(set, fieldElement(name)))
    .map(([name, field]) => [name, withoutFields(fieldSchema(schema, name), field, below(set, fieldElement(name)))] as const)
  return kept.length > 0 ? Object.fromEntries(kept) : null
}

function withoutItems(schema: Schema, list: readonly unknown[], set: FieldSet): unknown {
  const kept = list
    .map(item => ({ item, element: itemElement(schema, item) }))
    .filter(({ element }) => !hasElement(set, element))
    .map(({ item, element }) => withoutFields(schema.items, item, below(set, element)))
  return kept.length > 0 ? kept : null
}
