import type { Schema } from '../schema/schema.ts'
import { inlinedMessages, renamedFields } from './inlined.ts'

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

function buildLayout(schema: Schema): Layout {
  const name = schema.message?.name ?? ''
  const slots = slotsOf(schema, { ...schema.message?.numbers, ...renamedFields[name] })
  for (const { number, numbers } of inlinedMessages[name] ?? []) {
    slots.set(number, { inlined: slotsOf(schema, numbers) })
  }
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
