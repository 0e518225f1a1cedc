import { refuse } from './library.ts'

/** Negative when `a` comes before `b`; refuses what has no order. */
export function compareValues(a: unknown, b: unknown): number {
  const left = comparable(a)
  const right = comparable(b)
  if (left === undefined || right === undefined || (typeof left === 'string') !== (typeof right === 'string'))
    return refuse('no such overload')
  return left < right ? -1 : left > right ? 1 : 0
}

function comparable(value: unknown): string | number | bigint | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value
  if (typeof value === 'boolean') return Number(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Map) return undefined
  const primitive: unknown = value.valueOf()
  return typeof primitive === 'number' || typeof primitive === 'bigint' ? primitive : undefined
}

/** Equality as expressions have it: numbers by value whatever their type, lists and maps by what they contain. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (isNumber(a) && isNumber(b)) return !(a < b) && !(a > b) && !isNan(a) && !isNan(b)
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => equalValues(item, b[index]))
  if (a instanceof Map && b instanceof Map)
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && equalValues(value, b.get(key)))
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.from(a).equals(b)
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || a.constructor !== b.constructor) return false
  const left = comparable(a)
  return left !== undefined && left === comparable(b)
}

const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint'
const isNan = (value: number | bigint): boolean => typeof value === 'number' && Number.isNaN(value)
