import { isRecord } from '../schema/records.ts'
import type { Schema } from '../schema/schema.ts'
import { layoutOf, type Layout } from './layout.ts'
import { WireWriter } from './wire.ts'

/** Writes an object in the protobuf form of its schema. Properties the schema does not have are left out. */
export const writeMessage = (writer: WireWriter, schema: Schema, value: unknown): void =>
  writeFields(writer, layoutOf(schema), isRecord(value) ? value : {})

/** The protobuf form of an object of this schema. */
export function encodeMessage(schema: Schema, value: unknown): Uint8Array {
  const writer = new WireWriter()
  writeMessage(writer, schema, value)
  return writer.finish()
}

function writeFields(writer: WireWriter, layout: Layout, value: Readonly<Record<string, unknown>>): void {
  for (const [number, slot] of layout) {
    if ('inlined' in slot) {
      writer.message(number, () => writeFields(writer, slot.inlined, value))
      continue
    }
    const { name, schema } = slot.member
    const field = value[name]
    if (field !== undefined && field !== null) writeField(writer, number, { schema, value: field })
  }
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
      writer.message(number, () => {
        writer.text(1, key)
        writeValue(writer, 2, { schema: values, value: child })
      })
    }
  } else writeValue(writer, number, { schema, value })
}

function writeValue(writer: WireWriter, number: number, { schema, value }: Typed): void {
  if (schema.type === 'integer') writer.integer(number, Number(value))
  else if (schema.type === 'boolean') writer.integer(number, value === true ? 1 : 0)
  else if (schema.type === 'number') writer.double(number, Number(value))
  else if (schema.message) writer.message(number, () => writeMessage(writer, schema, value))
  else writeSpecial(writer, number, { schema, value })
}

/** Texts, and the messages that JSON writes as a text or a number. */
function writeSpecial(writer: WireWriter, number: number, { schema, value }: Typed): void {
  switch (schema.format) {
    case 'date-time':
    case 'micro-time':
      return writer.message(number, () => writeTime(writer, String(value)))
    case 'quantity':
      return writer.message(number, () => writer.text(1, String(value)))
    case 'int-or-string':
      return writer.message(number, () => writeIntOrString(writer, value))
    case 'json':
    case 'raw-extension':
      return writer.message(number, () => writer.text(1, JSON.stringify(value)))
    case 'byte':
      return writer.bytes(number, Buffer.from(String(value), 'base64'))
    default:
  }
  // A list as the value of a map has to be a message.
  if (schema.type === 'array') writer.message(number, () => writeField(writer, 1, { schema, value }))
  else writer.text(number, String(value))
}

function writeTime(writer: WireWriter, text: string): void {
  const [, fraction = ''] = /\.(\d+)/.exec(text) ?? []
  writer.integer(1, Math.floor(Date.parse(text) / 1000))
  writer.integer(2, Number(fraction.padEnd(9, '0').slice(0, 9)))
}

function writeIntOrString(writer: WireWriter, value: unknown): void {
  writer.integer(1, typeof value === 'number' ? 0 : 1)
  writer.integer(2, typeof value === 'number' ? value : 0)
  writer.text(3, typeof value === 'number' ? '' : String(value))
}
