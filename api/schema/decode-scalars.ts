import { DecodeError } from './decode-error.ts'
import { decodeMicroTime, decodeTime } from './decode-times.ts'
import type { Decoder } from './decoding.ts'
import { jsonKind } from './go-types.ts'
import { isRecord } from './records.ts'
import type { Schema } from './schema.ts'
import { canonicalQuantity, quantityFormatError } from '../quantity.ts'

const int32 = { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }
/** Beyond this JavaScript's numbers are no longer exact; upstream's range is 2⁶³. */
const int64 = { minimum: -(2 ** 63), maximum: 2 ** 63 }

const decodeString =
  (schema: Schema): Decoder =>
  (value, decoding) =>
    typeof value === 'string' ? value : value === null ? undefined : decoding.mistyped(value, schema)

const decodeBoolean =
  (schema: Schema): Decoder =>
  (value, decoding) =>
    typeof value === 'boolean' ? value : value === null ? undefined : decoding.mistyped(value, schema)

function decodeInteger(schema: Schema): Decoder {
  const { minimum, maximum } = schema.format === 'int32' ? int32 : int64
  return (value, decoding) => {
    if (value === null) return undefined
    if (typeof value !== 'number') return decoding.mistyped(value, schema)
    return Number.isInteger(value) && value >= minimum && value <= maximum ? value : decoding.outOfRange(value, schema)
  }
}

const decodeNumber =
  (schema: Schema): Decoder =>
  (value, decoding) =>
    typeof value === 'number' ? value : value === null ? undefined : decoding.mistyped(value, schema)

/** Kept as base64, in its one canonical spelling. */
function decodeBytes(schema: Schema): Decoder {
  return (value, decoding) => {
    if (value === null) return undefined
    if (typeof value !== 'string') return decoding.mistyped(value, schema)
    // Line breaks inside are fine for Go, and gone once it writes the value again.
    const text = /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, '') : value
    const [valid = ''] = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/.exec(text) ?? []
    if (valid.length !== text.length) throw new DecodeError(`illegal base64 data at input byte ${firstIllegal(text, valid.length)}`)
    return text
  }
}

/** Go stops at the first strange character, or at the start of an incomplete group of four. */
function firstIllegal(text: string, from: number): number {
  const strange = text.slice(from).search(/[^A-Za-z0-9+/]/)
  return strange < 0 ? from : from + strange
}

const decodeQuantity: Decoder = value => {
  if (value === null) return undefined
  if (typeof value !== 'string' && typeof value !== 'number') throw new DecodeError(quantityFormatError)
  try {
    return canonicalQuantity(String(value).trim())
  } catch (error) {
    throw error instanceof RangeError ? new DecodeError(error.message) : error
  }
}

const decodeIntOrString: Decoder = (value, decoding) => {
  if (value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value !== 'number') throw decoding.typeError(jsonKind(value), 'int32')
  if (Number.isInteger(value) && value >= int32.minimum && value <= int32.maximum) return value
  throw decoding.typeError(`number ${value}`, 'int32')
}

const decodeText =
  (read: (text: string) => string): Decoder =>
  (value, decoding) => {
    if (value === null) return undefined
    if (typeof value !== 'string') throw decoding.typeError(jsonKind(value), 'string')
    return read(value)
  }

const decodeAny =
  (schema: Schema): Decoder =>
  (value, decoding) =>
    value === null ? undefined : isRecord(value) ? value : decoding.mistyped(value, schema)

export function scalarDecoder(schema: Schema): Decoder {
  switch (schema.format) {
    case 'quantity':
      return decodeQuantity
    case 'int-or-string':
      return decodeIntOrString
    case 'date-time':
      return decodeText(decodeTime)
    case 'micro-time':
      return decodeText(decodeMicroTime)
    case 'byte':
      return decodeBytes(schema)
    case 'json':
    case 'raw-extension':
      return decodeAny(schema)
    default:
  }
  switch (schema.type) {
    case 'integer':
      return decodeInteger(schema)
    case 'number':
      return decodeNumber(schema)
    case 'boolean':
      return decodeBoolean(schema)
    case 'string':
      return decodeString(schema)
    case 'object':
      return decodeAny(schema)
    default:
      // A schema that says nothing takes everything.
      return value => value ?? undefined
  }
}
