import { isRecord } from '../schema/records.ts'
import type { Schema } from '../schema/schema.ts'
import { isEmptySet, leaf, withMember, type FieldSet } from './field-set.ts'
import { fieldElement, fieldSchema, isNamedField, itemsByElement, shapeOf } from './path-element.ts'

/** Every field that an object sets: what a manager owns who applied it (upstream's ToFieldSet). */
export function fieldsOf(schema: Schema | undefined, value: unknown): FieldSet {
  const shape = shapeOf(schema, value)
  if (shape === 'items' && schema) return fieldsOfItems(schema, value)
  return shape === 'fields' && isRecord(value) ? fieldsOfRecord(schema, value) : leaf
}

function fieldsOfRecord(schema: Schema | undefined, value: Readonly<Record<string, unknown>>): FieldSet {
  const out: Record<string, FieldSet> = {}
  for (const [name, field] of Object.entries(value)) {
    const inner = fieldSchema(schema, name)
    const below = fieldsOf(inner, field)
    const isLeaf = shapeOf(inner, field) === 'leaf' || field === null || (isRecord(field) && Object.keys(field).length === 0)
    if (isLeaf || !isNamedField(schema, name)) out[fieldElement(name)] = isLeaf ? leaf : withMember(below)
    else if (!isEmptySet(below)) out[fieldElement(name)] = below
  }
  return out
}

function fieldsOfItems(schema: Schema, list: unknown): FieldSet {
  const out: Record<string, FieldSet> = {}
  for (const [element, item] of itemsByElement(schema, list)) out[element] = withMember(fieldsOf(schema.items, item))
  return out
}

/** The set with every structure in it whose fields are in it: what goes when the whole structure goes. */
export function withStructures(schema: Schema | undefined, set: FieldSet): FieldSet {
  const out: Record<string, FieldSet> = {}
  for (const [element, node] of Object.entries(set)) {
    const name = element.startsWith('f:') ? element.slice(2) : undefined
    const inner = name === undefined ? schema?.items : fieldSchema(schema, name)
    const below = withStructures(inner, node)
    out[element] = name !== undefined && isNamedField(schema, name) && !isEmptySet(node) && !('.' in node) ? withMember(below) : below
  }
  return out
}
