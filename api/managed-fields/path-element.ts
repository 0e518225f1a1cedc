import { isRecord } from '../schema/records.ts'
import type { Schema } from '../schema/schema.ts'

/** How a value is owned: as a whole, field by field, or item by item. */
export type Shape = 'leaf' | 'fields' | 'items'

/** Values without a schema are owned as upstream deduces it: objects by field, everything else as a whole. */
export function shapeOf(schema: Schema | undefined, value: unknown): Shape {
  if (!schema || schema.format === 'json') return isRecord(value) ? 'fields' : 'leaf'
  if (schema.properties || schema.additionalProperties)
    return schema.message?.atomic || schema['x-kubernetes-map-type'] === 'atomic' ? 'leaf' : 'fields'
  const listType = schema['x-kubernetes-list-type']
  return listType === 'set' || listType === 'map' ? 'items' : 'leaf'
}

/** A named field of a structure, which unlike an entry of a map is there by its type. */
export const isNamedField = (schema: Schema | undefined, name: string): boolean =>
  schema?.properties !== undefined && Object.hasOwn(schema.properties, name)

export const fieldSchema = (schema: Schema | undefined, name: string): Schema | undefined =>
  isNamedField(schema, name) ? schema?.properties?.[name] : schema?.additionalProperties

export const fieldElement = (name: string): string => `f:${name}`

/** The name of the field that an element stands for; undefined for items of lists. */
export const fieldName = (element: string): string | undefined => (element.startsWith('f:') ? element.slice(2) : undefined)

/** The keys that a list item lacks and that have no default: it cannot be told apart from others. */
export class MissingKey extends Error {
  constructor(key: string) {
    super(`associative list with keys has an element that omits key field ${JSON.stringify(key)} (and doesn't have default value)`)
  }
}

/** The element of an item of a `set` or `map` list. Throws MissingKey. */
export function itemElement(list: Schema, item: unknown): string {
  if (list['x-kubernetes-list-type'] === 'set') return `v:${JSON.stringify(item)}`
  const keys = [...(list['x-kubernetes-list-map-keys'] ?? [])].sort()
  const values = keys.map(key => {
    const value = (isRecord(item) ? item[key] : undefined) ?? list.items?.properties?.[key]?.default
    if (value === undefined) throw new MissingKey(key)
    return `${JSON.stringify(key)}:${JSON.stringify(value)}`
  })
  return `k:{${values.join(',')}}`
}

/** The items of a list by their elements, in order; the first of several equal ones counts, and one without its keys does not. */
export function itemsByElement(list: Schema, items: unknown): Map<string, unknown> {
  const out = new Map<string, unknown>()
  for (const item of Array.isArray(items) ? items : []) {
    const element = elementOrNothing(list, item)
    if (element !== undefined && !out.has(element)) out.set(element, item)
  }
  return out
}

function elementOrNothing(list: Schema, item: unknown): string | undefined {
  try {
    return itemElement(list, item)
  } catch (error) {
    if (error instanceof MissingKey) return undefined
    throw error
  }
}

/** `.spec.containers[name="web"].image`, as upstream prints a path. */
export const printPath = (path: readonly string[]): string => path.map(printElement).join('')

function printElement(element: string): string {
  const [kind, text] = [element[0], element.slice(2)]
  if (kind === 'f') return `.${text}`
  if (kind === 'v') return `[=${text}]`
  if (kind === 'i') return `[${text}]`
  const keys = Object.entries(JSON.parse(text) as Record<string, unknown>)
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`
}
