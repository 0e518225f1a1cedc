import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator'
import { Optional } from '@marcbachmann/cel-js'

/**
 * Parsed JSON as expressions see it: whole numbers are ints (bigint), others doubles; objects are Maps, whose keys are
 * nothing but data. Values that are CEL's already (dates, durations, our own types) stay as they are.
 */
export function toCel(value: unknown): unknown {
  if (value instanceof Native) return value.value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(toCel)
  if (!isPlain(value)) return value
  const out = new Map<string, unknown>()
  for (const [key, field] of Object.entries(value)) if (field !== undefined) out.set(key, toCel(field))
  return out
}

/** A value that has CEL's types throughout already: whoever made it knew its schema. */
export class Native {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

const nanoseconds: Readonly<Record<string, number>> = { h: 3.6e12, m: 6e10, s: 1e9, ms: 1e6, us: 1e3, µs: 1e3, ns: 1 }

/** A Go duration such as `1h30m`; undefined when it is none. */
export function celDuration(text: string): unknown {
  const [, sign = '', amounts = ''] = /^([+-]?)((?:[\d.]+(?:ns|us|µs|ms|s|m|h))+)$/.exec(text) ?? []
  if (!amounts) return text === '0' ? new Duration(0) : undefined
  const parts = [...amounts.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)]
  const total = parts.reduce((sum, [, amount, unit = 's']) => sum + Number(amount) * (nanoseconds[unit] ?? 0), 0)
  const nanos = BigInt(Math.round(sign === '-' ? -total : total))
  return new Duration(nanos / 1_000_000_000n, Number(nanos % 1_000_000_000n))
}

/** An optional with or without a value. */
export const celOptional = (value: unknown): unknown => (value === undefined ? Optional.none() : Optional.of(value))

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
