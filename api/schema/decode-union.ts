import type { Decoder } from './decoding.ts'
import { isRecord } from './records.ts'
import type { Schema } from './schema.ts'

/** Follows the first schema whose JSON type the value has. */
export function decodeUnion(schemas: readonly Schema[], decoderOf: (schema: Schema) => Decoder): Decoder {
  return (value, decoding) => {
    const [first] = schemas
    const schema = schemas.find(each => fits(each, value)) ?? first
    return schema && decoderOf(schema)(value, decoding)
  }
}

function fits({ type }: Schema, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value)
  return type === 'object' ? isRecord(value) : typeof value === type
}
