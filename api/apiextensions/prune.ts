import { decode } from '../schema/decode.ts'
import { isRecord, setOwn } from '../schema/records.ts'
import { ObjectMeta } from '../meta.ts'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { itemsOf, keepsUnknown, valuesOf } from './schema-parts.ts'

export interface Pruned {
  readonly value: unknown
  /** Paths of what was dropped, like `spec.containers[0].foo`. */
  readonly unknown: readonly string[]
}

const mostReports = 100

/** What the schema does not know is dropped, unless it says that it is to be kept (upstream's PruneWithOptions). */
export function prune(schema: JSONSchemaProps, value: unknown): Pruned {
  const unknown: string[] = []
  return { value: pruned({ schema, unknown }, value, ''), unknown }
}

interface Place {
  /** Undefined: nothing is known, everything is kept. */
  readonly schema: JSONSchemaProps | undefined
  readonly unknown: string[]
}

function pruned(place: Place, value: unknown, path: string): unknown {
  const { schema } = place
  if (!schema) return value
  if (Array.isArray(value)) {
    const items = itemsOf(schema)
    return items ? value.map((item, index) => pruned({ ...place, schema: items }, item, `${path}[${index}]`)) : value
  }
  if (!isRecord(value)) return value
  const out: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(value)) {
    const at = path ? `${path}.${name}` : name
    const inner = fieldOf(schema, name)
    if (inner === 'unknown') {
      if (place.unknown.length < mostReports) place.unknown.push(at)
    } else
      setOwn(
        out,
        name,
        inner === 'kept' ? field : inner === 'metadata' ? prunedMetadata(field) : pruned({ ...place, schema: inner }, field, at),
      )
  }
  return out
}

function fieldOf(schema: JSONSchemaProps, name: string): JSONSchemaProps | 'kept' | 'metadata' | 'unknown' {
  if (schema['x-kubernetes-embedded-resource']) {
    if (name === 'apiVersion' || name === 'kind') return 'kept'
    if (name === 'metadata') return 'metadata'
  }
  const { properties } = schema
  if (properties && Object.hasOwn(properties, name)) return properties[name] ?? 'unknown'
  const values = valuesOf(schema)
  if (values) return values
  return keepsUnknown(schema) ? 'kept' : 'unknown'
}

/** Metadata of an embedded object has the form that all metadata has. */
function prunedMetadata(value: unknown): unknown {
  if (!isRecord(value)) return value
  const metadata = decode(ObjectMeta, value).value
  return Object.keys(metadata).length > 0 ? metadata : {}
}
