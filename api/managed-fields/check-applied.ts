import { isRecord } from '../schema/records.ts'
import type { Schema } from '../schema/schema.ts'
import { fieldElement, fieldSchema, isNamedField, itemElement, MissingKey, printPath, shapeOf } from './path-element.ts'

/** What is wrong with an applied configuration by its schema, in the words of upstream's typed values; empty when nothing is. */
export function checkApplied(schema: Schema | undefined, value: unknown, path: readonly string[] = []): string[] {
  if (!schema || value === null || schema.format === 'json') return []
  const wrong = (text: string) => [`${printPath(path)}: ${text}`]
  if (schema.type === 'array') return Array.isArray(value) ? checkItems(schema, value, path) : wrong(`expected list, got ${shown(value)}`)
  if (schema.properties || schema.additionalProperties)
    return isRecord(value) ? checkFields(schema, value, path) : wrong(`expected map, got ${shown(value)}`)
  const problem = scalarProblem(schema, value)
  return problem ? wrong(problem) : []
}

/** Go prints a value that it holds by reference. */
const shown = (value: unknown): string => `&{${typeof value === 'string' ? value : JSON.stringify(value)}}`

function scalarProblem({ type, format }: Schema, value: unknown): string | undefined {
  if (typeof value === 'object') return `expected any scalar, got ${shown(value)}`
  const untyped = format === 'int-or-string' || format === 'quantity'
  if (untyped) return undefined
  if ((type === 'integer' || type === 'number') && typeof value !== 'number') return `expected numeric (int or float), got ${typeof value}`
  if (type === 'boolean' && typeof value !== 'boolean') return `expected boolean, got ${shown(value)}`
  return type === 'string' && typeof value !== 'string' ? `expected string, got ${shown(value)}` : undefined
}

function checkFields(schema: Schema, value: Readonly<Record<string, unknown>>, path: readonly string[]): string[] {
  return Object.entries(value).flatMap(([name, field]) => {
    const at = [...path, fieldElement(name)]
    const known = isNamedField(schema, name) || schema.additionalProperties !== undefined
    return known ? checkApplied(fieldSchema(schema, name), field, at) : [`${printPath(at)}: field not declared in schema`]
  })
}

function checkItems(schema: Schema, items: readonly unknown[], path: readonly string[]): string[] {
  const byKey = shapeOf(schema, items) === 'items'
  const seen = new Set<string>()
  return items.flatMap((item, index) => {
    const element = byKey ? elementOf(schema, item) : `i:${index}`
    if (element instanceof MissingKey) return [`${printPath(path)}: element ${index}: ${element.message}`]
    if (seen.has(element)) return [`${printPath(path)}: duplicate entries for key ${printPath([element])}`]
    seen.add(element)
    return checkApplied(schema.items, item, [...path, element])
  })
}

function elementOf(schema: Schema, item: unknown): string | MissingKey {
  try {
    return itemElement(schema, item)
  } catch (error) {
    if (error instanceof MissingKey) return error
    throw error
  }
}
