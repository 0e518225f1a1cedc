import { isRecord } from '../schema/records.ts'
import type { Schema } from '../schema/schema.ts'
import { layoutOf, type Layout } from './layout.ts'
import { WireWriter } from './wire.ts'

/** The protobuf form of an object of this schema. Properties the schema does not have are left out. */
export const encodeMessage = (schema: Schema, value: unknown): Uint8Array => encodeFields(layoutOf(schema), isRecord(value) ? value : {})

function encodeFields(layout: Layout, value: Readonly<Record<string, unknown>>): Uint8Array {
  const writer = new WireWriter()
  for (const [number, slot] of layout) {
    if ('inlined' in slot) {
      writer.bytes(number, encodeFields(slot.inlined, value))
      continue
    }
    const { name, schema } = slot.member
    const field = value[name]
    if (field !== undefined && field !== null) writeField(writer, number, { schema, value: field })
  }
  return writer.finish()
}

interface Typed {
  readonly schema: Schema
  readonly value: unknown
}

function writeField(writer: WireWriter, number: number, { schema, value }: Typed): void {
  if (schema.type === 'array') {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [])
      writeValue(writer, number, { schema: schema.items ?? {}, value: item })
  } else if (schema.additionalProperties) {
    const values = schema.additionalProperties
    for (const [key, child] of Object.entries(isRecord(value) ? value : {})) {
      const entry = new WireWriter()
      entry.text(1, key)
      writeValue(entry, 2, { schema: values, value: child })
      writer.bytes(number, entry.finish())
    }
  } else writeValue(writer, number, { schema, value })
}

function writeValue(writer: WireWriter, number: number, { schema, value }: Typed): void {
  if (schema.type === 'integer') writer.integer(number, Number(value))
  else if (schema.type === 'boolean') writer.integer(number, value === true ? 1 : 0)
  else if (schema.type === 'number') writer.double(number, Number(value))
  else writer.bytes(number, bytesOf({ schema, value }))
}

function bytesOf({ schema, value }: Typed): Uint8Array {
  if (schema.message) return encodeMessage(schema, value)
  switch (schema.format) {
    case 'date-time':
    case 'micro-time':
      return encodeTime(String(value))
    case 'quantity':
      return encodeText(String(value))
    case 'int-or-string':
      return encodeIntOrString(value)
    case 'json':
    case 'raw-extension':
      return encodeText(JSON.stringify(value))
    case 'byte':
      return Buffer.from(String(value), 'base64')
    default:
  }
  if (schema.type === 'array') {
    const items = new WireWriter()
    writeField(items, 1, { schema, value })
    return items.finish()
  }
  return Buffer.from(String(value))
}

function encodeTime(text: string): Uint8Array {
  const writer = new WireWriter()
  const [, fraction = ''] = /\.(\d+)/.exec(text) ?? []
  writer.integer(1, Math.floor(Date.parse(text) / 1000))
  writer.integer(2, Number(fraction.padEnd(9, '0').slice(0, 9)))
  return writer.finish()
}

function encodeText(text: string): Uint8Array {
  const writer = new WireWriter()
  writer.text(1, text)
  return writer.finish()
}

function encodeIntOrString(value: unknown): Uint8Array {
  const writer = new WireWriter()
  writer.integer(1, typeof value === 'number' ? 0 : 1)
  writer.integer(2, typeof value === 'number' ? value : 0)
  writer.text(3, typeof value === 'number' ? '' : String(value))
  return writer.finish()
}
