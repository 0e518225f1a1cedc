import { isRecord } from '../schema/records.ts'
import { fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { itemsOf, valuesOf } from './schema-parts.ts'

/** Objects inside objects have to say what they are (upstream's objectmeta.Validate). */
export function validateEmbedded(schema: JSONSchemaProps, value: unknown, path: string): FieldError[] {
  if (Array.isArray(value)) {
    const items = itemsOf(schema)
    return items ? value.flatMap((item, index) => validateEmbedded(items, item, `${path}[${index}]`)) : []
  }
  if (!isRecord(value)) return []
  const own = schema['x-kubernetes-embedded-resource'] ? typeErrors(value, path) : []
  const below = Object.entries(value).flatMap(([name, field]) => {
    const inner = schema.properties?.[name] ?? valuesOf(schema)
    return inner ? validateEmbedded(inner, field, path ? `${path}.${name}` : name) : []
  })
  return [...own, ...below]
}

const typeErrors = (value: Readonly<Record<string, unknown>>, path: string): FieldError[] =>
  ['apiVersion', 'kind'].flatMap(name => {
    const given = value[name]
    if (given === undefined || given === '') return [fieldRequired(`${path}.${name}`, 'must not be empty')]
    return typeof given === 'string' ? [] : [fieldInvalid(`${path}.${name}`, given, 'must be a string')]
  })
