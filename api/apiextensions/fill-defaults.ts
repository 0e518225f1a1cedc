import { isRecord, setOwn } from '../schema/records.ts'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { itemsOf, valuesOf } from './schema-parts.ts'

const plans = new WeakMap<JSONSchemaProps, boolean>()

/** Whether anything at or below has a default. */
export function hasDefaults(schema: JSONSchemaProps): boolean {
  const known = plans.get(schema)
  if (known !== undefined) return known
  const parts = [...Object.values(schema.properties ?? {}), itemsOf(schema), valuesOf(schema)]
  const found = parts.some(part => part !== undefined && (part.default !== undefined || hasDefaults(part)))
  plans.set(schema, found)
  return found
}

/**
 * The value with defaults where fields are absent, or null where null is not allowed (upstream's structural defaulting). A null
 * that is not allowed and has no default is dropped.
 */
export function fillDefaults<T>(schema: JSONSchemaProps, value: T): T {
  return fill(schema, value) as T
}

function fill(schema: JSONSchemaProps, value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = itemsOf(schema)
    return items ? mapList(value, item => fill(items, item)) : value
  }
  if (!isRecord(value)) return value
  let out = value
  const set = (name: string, field: unknown) => {
    if (out === value) out = { ...value }
    setOwn(out, name, field)
  }
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    const absent = given === undefined || (given === null && !field.nullable)
    if (absent && field.default !== undefined) set(name, fill(field, structuredClone(field.default)))
    else if (given === null && absent) {
      if (out === value) out = { ...value }
      delete out[name]
    } else if (given !== undefined) {
      const filled = fill(field, given)
      if (filled !== given) set(name, filled)
    }
  }
  const values = valuesOf(schema)
  if (values) {
    for (const [name, given] of Object.entries(value)) {
      const filled =
        given === null && !values.nullable && values.default !== undefined ? structuredClone(values.default) : fill(values, given)
      if (filled !== given) set(name, filled)
    }
  }
  return out
}

function mapList(list: readonly unknown[], change: (item: unknown) => unknown): readonly unknown[] {
  const changed = list.map(change)
  return changed.some((item, index) => item !== list[index]) ? changed : list
}
