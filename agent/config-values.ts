import type { Taint } from '../api/core/affinity.ts'
import { parseAddress } from '../common/cidr.ts'
import { parseGoDuration } from '../common/go-duration.ts'

/** How the text of an option becomes a value. Each throws an Error that names the option when the text makes no sense. */

export interface DelayRange {
  readonly initialMs: number
  readonly maxMs: number
}

export const wrong = (option: string, value: string, expected: string) =>
  new Error(`--${option}: ${JSON.stringify(value)} is not ${expected}`)

export function matching(option: string, value: string, pattern: RegExp): string {
  if (!pattern.test(value)) throw wrong(option, value, `of the form ${pattern.source}`)
  return value
}
export function count(option: string, value: string): number {
  if (!/^\d+$/.test(value)) throw wrong(option, value, 'a number')
  return Number(value)
}
export function oneOf(option: string, value: string, values: readonly string[]): string {
  if (!values.includes(value)) throw wrong(option, value, `one of ${values.join(', ')}`)
  return value
}
/** An IPv4 address. */
export function address(option: string, value: string): string {
  if (parseAddress(value) === undefined) throw wrong(option, value, 'an IPv4 address, or none')
  return value
}
/** `a=b,c=d`. */
export function pairs(option: string, value: string): Record<string, string> {
  const entries = value
    .split(',')
    .filter(Boolean)
    .map(pair => /^([^=]+)=(.*)$/.exec(pair) ?? [])
  if (entries.some(([, key]) => key === undefined)) throw wrong(option, value, 'of the form name=value,…')
  return Object.fromEntries(entries.map(([, key = '', text = '']) => [key, text]))
}
/** `key=value:Effect` or `key:Effect`. */
export function taint(option: string, text: string): Taint {
  const [, key, value, effect] = /^([^=:]+)(?:=([^:]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/.exec(text) ?? []
  if (!key || !effect) throw wrong(option, text, 'of the form key=value:Effect')
  return { key, ...(value ? { value } : {}), effect: effect as Taint['effect'] }
}
/** `10s-300s`: the first delay and the longest. */
export function delays(option: string, value: string): DelayRange {
  const [, initial, max] = /^(\d+(?:\.\d+)?)s-(\d+(?:\.\d+)?)s$/.exec(value) ?? []
  if (!initial || !max) throw wrong(option, value, 'of the form 10s-300s')
  return { initialMs: Number(initial) * 1000, maxMs: Number(max) * 1000 }
}
/** `1m30s`, in milliseconds. */
export function duration(option: string, value: string): number {
  const milliseconds = parseGoDuration(value)
  if (milliseconds === undefined) throw wrong(option, value, 'a duration such as 1m30s')
  return milliseconds
}
