import { celDuration } from '../cel/cel-value.ts'
import { isRecord } from '../schema/records.ts'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { itemsOf, valuesOf } from './schema-parts.ts'

const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '),
)

/** How rules write the name of a field that CEL could not read (upstream's Escape). */
export function escapeName(name: string): string {
  if (reserved.has(name)) return `__${name}__`
  return name.replaceAll('__', '__underscores__').replaceAll('.', '__dot__').replaceAll('-', '__dash__').replaceAll('/', '__slash__')
}

/** A value with the types that its schema gives it: numbers doubles, times and durations what they stand for, names escaped. */
export function ruleValue(schema: JSONSchemaProps | undefined, value: unknown): unknown {
  if (typeof value === 'number') return schema?.type !== 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof value === 'string') return textValue(schema?.format, value)
  if (Array.isArray(value)) return value.map(item => ruleValue(schema && itemsOf(schema), item))
  if (!isRecord(value)) return value
  const { properties } = schema ?? {}
  const out = new Map<string, unknown>()
  for (const [name, field] of Object.entries(value)) {
    const known = properties && Object.hasOwn(properties, name) ? properties[name] : undefined
    // A null that is not a value of the field's counts as absent.
    if (field === null && known && !known.nullable) continue
    out.set(known ? escapeName(name) : name, ruleValue(known ?? (schema && valuesOf(schema)), field))
  }
  return out
}

function textValue(format: string | undefined, text: string): unknown {
  if (format === 'date-time' || format === 'datetime' || format === 'date') {
    const time = new Date(text)
    return Number.isNaN(time.getTime()) ? text : time
  }
  if (format === 'duration') return celDuration(text) ?? text
  return format === 'byte' ? new Uint8Array(Buffer.from(text, 'base64')) : text
}

/** The whole object as its rules see it: of metadata only the names. */
export function ruleRoot(schema: JSONSchemaProps, object: Readonly<Record<string, unknown>>): unknown {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {}
  const names = Object.fromEntries(
    ['name', 'generateName'].filter(name => metadata[name] !== undefined).map(name => [name, metadata[name]]),
  )
  return ruleValue(schema, { ...object, metadata: names })
}
