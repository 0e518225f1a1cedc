import { decodeMap, decodeList } from './decode-collections.ts'
import { decodeUnion } from './decode-union.ts'
import { Decoding, type Decoder } from './decoding.ts'
import { decodeMessage } from './decode-message.ts'
import { scalarDecoder } from './decode-scalars.ts'
import type { Schema } from './schema.ts'

export interface Decoded<T> {
  readonly value: T
  /** Paths of fields that the schema does not have, like `spec.containers[0].foo`; they are not in `value`. */
  readonly unknown: readonly string[]
}

const decoders = new WeakMap<Schema, Decoder>()

/** The decoder of a schema, built once. Schemas may contain themselves: what is inside is only looked up when it is needed. */
function decoderOf(schema: Schema): Decoder {
  const known = decoders.get(schema)
  if (known) return known
  const decoder = compile(schema)
  decoders.set(schema, decoder)
  return decoder
}

function compile(schema: Schema): Decoder {
  if (schema.union) return decodeUnion(schema.union, decoderOf)
  if (schema.message || schema.properties) return decodeMessage(schema, decoderOf)
  if (schema.type === 'array') return decodeList(schema, decoderOf)
  if (schema.additionalProperties) return decodeMap(schema, decoderOf)
  return scalarDecoder(schema)
}

/**
 * Parsed JSON as an object of the schema's type: types checked as Go's decoder does, quantities and times in canonical
 * form, null and zero values left out unless the field's presence says otherwise, unknown fields left out and reported.
 * Throws a DecodeError. `json` itself is not changed; parts of it may be shared.
 */
export function decode<T>(schema: Schema<T>, json: unknown): Decoded<T> {
  const decoding = new Decoding()
  const value = decoderOf(schema)(json ?? {}, decoding)
  decoding.finish()
  return { value: value as T, unknown: decoding.unknown }
}
