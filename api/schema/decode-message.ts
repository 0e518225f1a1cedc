import type { Decoder, Decoding } from './decoding.ts'
import { structName } from './go-types.ts'
import { isRecord } from './records.ts'
import type { Schema } from './schema.ts'
import { isZero, zeroValue } from './zero.ts'

interface Field {
  readonly name: string
  readonly schema: Schema
  decode?: Decoder
}

/** Fields by name, so that `constructor` and the like are as unknown as any other. */
export function decodeMessage(schema: Schema, decoderOf: (schema: Schema) => Decoder): Decoder {
  const fields = new Map(Object.entries(schema.properties ?? {}).map(([name, field]): [string, Field] => [name, { name, schema: field }]))
  const always = [...fields.values()].filter(field => field.schema.presence === 'always')
  const struct = schema.message ? structName(schema.message.name) : ''

  const readField = (field: Field, value: unknown, decoding: Decoding): unknown => {
    decoding.path.push(field.name)
    decoding.struct = struct
    field.decode ??= decoderOf(field.schema)
    const decoded = field.decode(value, decoding)
    decoding.path.pop()
    return decoded
  }

  return (value, decoding) => {
    if (value === null) return undefined
    if (!isRecord(value)) return decoding.mistyped(value, schema)
    const outer = decoding.struct
    const out: Record<string, unknown> = {}
    for (const name of Object.keys(value)) {
      const field = fields.get(name)
      if (!field) {
        decoding.reportUnknown(name)
        continue
      }
      const decoded = readField(field, value[name], decoding)
      if (decoded === undefined || (field.schema.presence === undefined && isZero(field.schema, decoded))) continue
      out[name] = decoded
    }
    for (const field of always) {
      if (out[field.name] !== undefined) continue
      const zero = zeroValue(field.schema)
      if (zero !== undefined) out[field.name] = zero
    }
    decoding.struct = outer
    return out
  }
}
