import type { Schema } from './schema.ts'

/** What stands for a value that is not there but has to be written: null in a list, a field that is always written. */
export function zeroValue(schema: Schema): unknown {
  if (schema.properties) {
    const out: Record<string, unknown> = {}
    for (const [name, field] of Object.entries(schema.properties)) {
      if (field.presence !== 'always') continue
      const zero = zeroValue(field)
      if (zero !== undefined) out[name] = zero
    }
    return out
  }
  if (schema.type === 'array') return []
  if (schema.type === 'object') return {}
  if (schema.type === 'boolean') return false
  if (schema.type === 'integer' || schema.type === 'number' || schema.format === 'int-or-string') return 0
  if (schema.format === 'quantity') return '0'
  // Upstream writes a time that was never set as null.
  return schema.format === 'date-time' || schema.format === 'micro-time' || schema.format === 'any' ? null : ''
}

/** Whether an optional field with this value counts as not set. Structures are references upstream: `{}` is a value of theirs. */
export function isZero(schema: Schema, value: unknown): boolean {
  if (value === '' || value === 0 || value === false) return schema.format !== 'int-or-string'
  if (Array.isArray(value)) return value.length === 0
  if (!schema.additionalProperties || typeof value !== 'object' || value === null) return false
  for (const _ in value) return false
  return true
}
