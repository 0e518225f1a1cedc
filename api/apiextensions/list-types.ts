import { fieldDuplicate, type FieldError } from '../schema/field-error.ts'
import { isRecord } from '../schema/records.ts'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { itemsOf, valuesOf } from './schema-parts.ts'

/** Items that a list of type set or map has twice (upstream's ValidateListSetsAndMaps). */
export function validateListTypes(schema: JSONSchemaProps, value: unknown, path: string): FieldError[] {
  if (Array.isArray(value)) {
    const items = itemsOf(schema)
    return [
      ...duplicates(schema, value, path),
      ...(items ? value.flatMap((item, index) => validateListTypes(items, item, `${path}[${index}]`)) : []),
    ]
  }
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([name, field]) => {
    const inner = schema.properties?.[name] ?? valuesOf(schema)
    return inner ? validateListTypes(inner, field, path ? `${path}.${name}` : name) : []
  })
}

function duplicates(schema: JSONSchemaProps, list: readonly unknown[], path: string): FieldError[] {
  const type = schema['x-kubernetes-list-type']
  if (type !== 'set' && type !== 'map') return []
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const identity = (item: unknown) =>
    type === 'map' && isRecord(item) ? Object.fromEntries(keys.filter(key => item[key] !== undefined).map(key => [key, item[key]])) : item
  const seen = new Set<string>()
  return list.flatMap((item, index) => {
    const text = JSON.stringify(identity(item))
    if (seen.has(text)) return [fieldDuplicate(`${path}[${index}]`, identity(item))]
    seen.add(text)
    return []
  })
}
