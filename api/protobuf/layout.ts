import type { Schema } from '../schema/schema.ts'
import { inlinedMessages, otherNumbers, type InlinedMessage } from './inlined.ts'

export interface Member {
  readonly name: string
  readonly schema: Schema
}
/** What stands at a field number: a property, or properties that are a message of their own on the wire. */
export type Slot = { readonly member: Member } | { readonly inlined: Layout }
export type Layout = ReadonlyMap<number, Slot>

const layouts = new WeakMap<Schema, Layout>()

/** The fields of a message by number. */
export function layoutOf(schema: Schema): Layout {
  const known = layouts.get(schema)
  if (known) return known
  const layout = buildLayout(schema)
  layouts.set(schema, layout)
  return layout
}

/** Whether objects of this schema have a protobuf form: custom resources and their definitions have none here. */
export const hasProtobuf = (schema: Schema): boolean => layoutOf(schema).size > 0

function buildLayout(schema: Schema): Layout {
  const name = schema.message?.name ?? ''
  return layoutBy(schema, { numbers: { ...schema.message?.numbers, ...otherNumbers[name] }, inlined: inlinedMessages[name] ?? [] })
}

function layoutBy(schema: Schema, { numbers, inlined = [] }: Omit<InlinedMessage, 'number'>): Layout {
  const slots = slotsOf(schema, numbers)
  for (const message of inlined) slots.set(message.number, { inlined: layoutBy(schema, message) })
  return new Map([...slots].sort(([a], [b]) => a - b))
}

function slotsOf(schema: Schema, numbers: Readonly<Record<string, number>>): Map<number, Slot> {
  const slots = new Map<number, Slot>()
  for (const [name, number] of Object.entries(numbers)) {
    const field = schema.properties?.[name]
    if (field && number > 0) slots.set(number, { member: { name, schema: field } })
  }
  return slots
}
