import { ObjectMeta } from '../meta.ts'
import { string, type Schema } from '../schema/schema.ts'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { itemsOf, keepsUnknown, valuesOf } from './schema-parts.ts'

/** What server-side apply and managed fields have to know of a custom resource: its structure, and how lists and maps are merged. */
export function mergeSchema(schema: JSONSchemaProps): Schema {
  return structureOf(schema, [])
}

/** Of defaults only those of `keys` matter: an item that leaves its key out is told apart by it. */
function structureOf(schema: JSONSchemaProps, keys: readonly string[]): Schema {
  if (schema['x-kubernetes-int-or-string']) return { format: 'int-or-string', presence: 'pointer' }
  const { type, properties } = schema
  if (!type && !properties) return unknownValue
  const items = itemsOf(schema)
  const values = valuesOf(schema)
  const mapType = schema['x-kubernetes-map-type']
  const anything = keepsUnknown(schema) || (type === 'object' && !properties && !values)
  // Embedded objects have their own type information and metadata, whatever their schema says.
  const embedded: Record<string, Schema> = schema['x-kubernetes-embedded-resource']
    ? { apiVersion: string(), kind: string(), metadata: ObjectMeta }
    : {}
  const fields: Record<string, Schema> = { ...mapValues(properties ?? {}, field => structureOf(field, [])), ...embedded }
  for (const key of keys) {
    const [field, value] = [fields[key], properties?.[key]?.default]
    if (field && value !== undefined) fields[key] = { ...field, default: value }
  }
  return {
    ...(isType(type) ? { type } : {}),
    presence: 'pointer',
    ...(Object.keys(fields).length > 0 ? { properties: fields } : {}),
    ...(items ? { items: structureOf(items, schema['x-kubernetes-list-map-keys'] ?? []), ...listType(schema) } : {}),
    ...(values ? { additionalProperties: structureOf(values, []) } : anything ? { additionalProperties: unknownValue } : {}),
    ...(mapType === 'atomic' || mapType === 'granular' ? { 'x-kubernetes-map-type': mapType } : {}),
  }
}

/** Nothing is known of it: its structure is taken for what it looks like. */
const unknownValue: Schema = { format: 'json' }

const isType = (type: string | undefined): type is NonNullable<Schema['type']> =>
  ['object', 'array', 'string', 'integer', 'number', 'boolean'].includes(type ?? '')

function listType(schema: JSONSchemaProps): Pick<Schema, 'x-kubernetes-list-type' | 'x-kubernetes-list-map-keys'> {
  const type = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys']
  if (type === 'set' || (type === 'map' && keys))
    return { 'x-kubernetes-list-type': type, ...(keys ? { 'x-kubernetes-list-map-keys': keys } : {}) }
  return { 'x-kubernetes-list-type': 'atomic' }
}

export const mapValues = <T, R>(record: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
