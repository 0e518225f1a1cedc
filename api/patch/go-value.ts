import { isRecord } from '../schema/records.ts'

/** A JSON value as Go's %v prints it; upstream's messages about patches contain it. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`
  if (!isRecord(value)) return String(value)
  const keys = Object.keys(value).sort()
  return `map[${keys.map(key => `${key}:${goValue(value[key])}`).join(' ')}]`
}
