import { DecodeError } from '../schema/decode-error.ts'
import { parseJson } from '../schema/json-text.ts'
import { microTimestamp, timestamp } from '../time.ts'
import { WireReader, wireTypes } from './wire.ts'

/** The fields of a small message: numbers, and bytes. */
function fieldsOf(bytes: Uint8Array): ReadonlyMap<number, number | Uint8Array> {
  const reader = new WireReader(bytes)
  const fields = new Map<number, number | Uint8Array>()
  while (!reader.done) {
    const { number, wireType } = reader.tag()
    if (wireType === wireTypes.varint) fields.set(number, reader.varint())
    else if (wireType === wireTypes.bytes) fields.set(number, reader.bytes())
    else reader.skip(wireType)
  }
  return fields
}
const numberOf = (value: number | Uint8Array | undefined): number => (typeof value === 'number' ? value : 0)
const textOf = (value: number | Uint8Array | undefined): string => (value instanceof Uint8Array ? Buffer.from(value).toString() : '')

/** The first instant of Go's calendar, which stands for no time at all. */
const noTime = -62_135_596_800

/** Seconds and nanoseconds. Undefined: no time is set. */
export function decodeTime(bytes: Uint8Array, micro: boolean): string | undefined {
  if (bytes.length === 0) return undefined
  const fields = fieldsOf(bytes)
  const seconds = numberOf(fields.get(1))
  if (seconds === noTime) return undefined
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 0 || date.getUTCFullYear() > 9999) {
    throw new DecodeError('Time.MarshalJSON: year outside of range [0,9999]')
  }
  if (!micro) return timestamp(date)
  const micros = Math.trunc(Math.abs(numberOf(fields.get(2))) / 1000) % 1_000_000
  return `${microTimestamp(date).slice(0, 20)}${String(micros).padStart(6, '0')}Z`
}

export const decodeQuantity = (bytes: Uint8Array): string => textOf(fieldsOf(bytes).get(1)) || '0'

export function decodeIntOrString(bytes: Uint8Array): number | string {
  const fields = fieldsOf(bytes)
  return numberOf(fields.get(1)) === 0 ? numberOf(fields.get(2)) | 0 : textOf(fields.get(3))
}

/** Fields of managed fields, and objects of unknown type: JSON inside protobuf. */
export function decodeJsonMessage(bytes: Uint8Array): unknown {
  const raw = textOf(fieldsOf(bytes).get(1))
  return raw === '' ? undefined : parseJson(raw)
}
