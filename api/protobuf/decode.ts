import { DecodeError } from '../schema/decode-error.ts'
import { isRecord, setOwn } from '../schema/records.ts'
import type { Schema } from '../schema/schema.ts'
import { decodeJsonMessage, decodeIntOrString, decodeQuantity, decodeTime } from './decode-special.ts'
import { layoutOf, type Layout, type Member } from './layout.ts'
import { WireReader, wireTypes } from './wire.ts'

const maximumDepth = 200

interface Field {
  readonly reader: WireReader
  readonly wireType: number
  readonly depth: number
}

/**
 * A protobuf message as the JSON it stands for: what `decode` of the schema reads next, which brings zero values and
 * texts into their normal form. Unknown fields are skipped. Throws a DecodeError.
 */
export function decodeMessage(schema: Schema, bytes: Uint8Array, depth = 0): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  readFields(out, { layout: layoutOf(schema), bytes, depth })
  return out
}

function readFields(
  out: Record<string, unknown>,
  { layout, bytes, depth }: { readonly layout: Layout; readonly bytes: Uint8Array; readonly depth: number },
): void {
  if (depth > maximumDepth) throw new DecodeError('exceeded max depth')
  const reader = new WireReader(bytes)
  while (!reader.done) {
    const { number, wireType } = reader.tag()
    const slot = layout.get(number)
    if (!slot) reader.skip(wireType)
    else if ('inlined' in slot)
      readFields(out, { layout: slot.inlined, bytes: lengthDelimited({ reader, wireType, depth }), depth: depth + 1 })
    else readMember(out, slot.member, { reader, wireType, depth })
  }
}

function lengthDelimited({ reader, wireType }: Field): Uint8Array {
  if (wireType !== wireTypes.bytes) throw new DecodeError(`proto: wrong wireType = ${wireType}`)
  return reader.bytes()
}

function readMember(out: Record<string, unknown>, { name, schema }: Member, field: Field): void {
  if (schema.type === 'array') return readItem(out, { name, schema: schema.items ?? {} }, field)
  if (schema.additionalProperties) return readEntry(out, { name, schema: schema.additionalProperties }, field)
  const value = readValue(schema, field)
  if (value !== undefined) out[name] = value
}

function readItem(out: Record<string, unknown>, { name, schema }: Member, field: Field): void {
  const list = (out[name] ??= []) as unknown[]
  if (field.wireType === wireTypes.bytes && (schema.type === 'integer' || schema.type === 'boolean')) {
    const packed = new WireReader(field.reader.bytes())
    while (!packed.done) list.push(readValue(schema, { ...field, reader: packed, wireType: wireTypes.varint }))
    return
  }
  list.push(readValue(schema, field) ?? null)
}

/** A map is a list of messages: key, value. */
function readEntry(out: Record<string, unknown>, { name, schema }: Member, field: Field): void {
  const entry = new WireReader(lengthDelimited(field))
  let key = ''
  let value: unknown = null
  while (!entry.done) {
    const { number, wireType } = entry.tag()
    const inner = { reader: entry, wireType, depth: field.depth + 1 }
    if (number === 1) key = text(lengthDelimited(inner))
    else if (number === 2) value = readValue(schema, inner) ?? null
    else entry.skip(wireType)
  }
  const map = (out[name] ??= {}) as Record<string, unknown>
  setOwn(map, key, value)
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()

function readValue(schema: Schema, field: Field): unknown {
  if (schema.type === 'integer' || schema.type === 'boolean') {
    if (field.wireType !== wireTypes.varint) throw new DecodeError(`proto: wrong wireType = ${field.wireType}`)
    const value = field.reader.varint()
    return schema.type === 'boolean' ? value !== 0 : schema.format === 'int32' ? value | 0 : value
  }
  if (schema.type === 'number') {
    if (field.wireType !== wireTypes.fixed64) throw new DecodeError(`proto: wrong wireType = ${field.wireType}`)
    return field.reader.double()
  }
  return readBytes(schema, lengthDelimited(field), field.depth + 1)
}

function readBytes(schema: Schema, bytes: Uint8Array, depth: number): unknown {
  if (schema.message) return decodeMessage(schema, bytes, depth)
  switch (schema.format) {
    case 'date-time':
    case 'micro-time':
      return decodeTime(bytes, schema.format === 'micro-time')
    case 'quantity':
      return decodeQuantity(bytes)
    case 'int-or-string':
      return decodeIntOrString(bytes)
    case 'json':
    case 'raw-extension':
      return decodeJsonMessage(bytes)
    case 'byte':
      return Buffer.from(bytes).toString('base64')
    default:
  }
  // A list as the value of a map has to be a message: `items` is its only field.
  if (schema.type === 'array') return itemsOf(schema, bytes, depth)
  return text(bytes)
}

function itemsOf(schema: Schema, bytes: Uint8Array, depth: number): unknown {
  const holder: Record<string, unknown> = { items: [] }
  readFields(holder, { layout: new Map([[1, { member: { name: 'items', schema } }]]), bytes, depth })
  return isRecord(holder) ? holder['items'] : []
}
