import type { Decoder } from './decoding.ts'
import { isRecord, setOwn } from './records.ts'
import type { Schema } from './schema.ts'
import { zeroValue } from './zero.ts'

type DecoderOf = (schema: Schema) => Decoder

export function decodeList(schema: Schema, decoderOf: DecoderOf): Decoder {
  const items = schema.items ?? {}
  return (value, decoding) => {
    if (value === null) return undefined
    if (!Array.isArray(value)) return decoding.mistyped(value, schema)
    const decodeItem = decoderOf(items)
    const out: unknown[] = []
    for (let index = 0; index < value.length; index++) {
      decoding.path.push(index)
      out.push(decodeItem(value[index], decoding) ?? zeroValue(items))
      decoding.path.pop()
    }
    return out
  }
}

export function decodeMap(schema: Schema, decoderOf: DecoderOf): Decoder {
  const values = schema.additionalProperties ?? {}
  return (value, decoding) => {
    if (value === null) return undefined
    if (!isRecord(value)) return decoding.mistyped(value, schema)
    const decodeValue = decoderOf(values)
    const out: Record<string, unknown> = {}
    for (const key of Object.keys(value)) {
      decoding.enterKey(key)
      setOwn(out, key, decodeValue(value[key], decoding) ?? zeroValue(values))
      decoding.path.pop()
    }
    return out
  }
}
