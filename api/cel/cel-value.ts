import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator'
import { Optional } from '@marcbachmann/cel-js'

/**
 * Parsed JSON as expressions see it: whole numbers are ints (bigint), others doubles; objects are Maps, whose keys are
 * nothing but data. Values that are CEL's already (dates, durations, our own types) stay as they are.
 */
export function toCel(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(toCel)
  if (!isPlain(value)) return value
  const out = new Map<string, unknown>()
  for (const [key, field] of Object.entries(value)) if (field !== undefined) out.set(key, toCel(field))
  return out
}

/** What an expression came to, as JSON: numbers are numbers again, times and durations their texts. */
export function fromCel(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof UnsignedInt) return Number(value.valueOf())
  if (value instanceof Optional) return value.hasValue() ? fromCel(value.value()) : null
  if (value instanceof Date || value instanceof Duration) return textOf(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(fromCel)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, field]) => [String(fromCel(key)), fromCel(field)]))
  if (isPlain(value)) return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, fromCel(field)]))
  return value
}

/** Times and durations as `string()` shows them. */
export const textOf = (value: Date | Duration): string =>
  value instanceof Date ? value.toISOString().replace(/\.?0*Z$/, 'Z') : String(value)

const isPlain = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
