import type { Duration } from '@marcbachmann/cel-js/evaluator'
import { textOf } from '../cel-value.ts'
import { refuse, type Library } from './library.ts'

/** cel-go's string extensions and conversions to string, beyond those of the language itself. */
export const strings: Library = environment => {
  environment
    .registerFunction('string.charAt(int): string', charAt)
    .registerFunction('string.replace(string, string): string', (text: string, old: string, next: string) =>
      text.replaceAll(old, () => next),
    )
    .registerFunction('string.replace(string, string, int): string', replaceSome)
    .registerFunction('string.reverse(): string', (text: string) => [...text].reverse().join(''))
    .registerFunction('string.format(list): string', format)
    .registerFunction('string(google.protobuf.Timestamp): string', (time: Date) => textOf(time))
    .registerFunction('string(google.protobuf.Duration): string', (duration: Duration) => textOf(duration))
    .registerFunction('int(google.protobuf.Timestamp): int', (time: Date) => BigInt(Math.floor(time.getTime() / 1000)))
    .registerFunction('int(uint): int', (value: { valueOf(): bigint }) => value.valueOf())
}

function charAt(text: string, index: bigint): string {
  const characters = [...text]
  if (index < 0n || index > BigInt(characters.length)) return refuse(`index out of range: ${index}`)
  return characters[Number(index)] ?? ''
}

function replaceSome(...[text, old, next, limit]: [string, string, string, bigint]): string {
  if (limit < 0n) return text.replaceAll(old, () => next)
  let left = Number(limit)
  return text.replaceAll(old, found => (left-- > 0 ? next : found))
}

/** `%s`, `%d`, `%f`, `%e`, `%b`, `%o`, `%x`, `%X` and `%%`. */
function format(pattern: string, values: readonly unknown[]): string {
  let used = 0
  return pattern.replace(/%(?:\.(\d+))?([a-zA-Z%])/g, (clause, digits: string | undefined, verb: string) => {
    if (verb === '%') return '%'
    if (used >= values.length) return refuse(`index ${used} out of range`)
    return (
      formatOne(values[used++], verb, digits === undefined ? 6 : Number(digits)) ?? refuse(`unrecognized formatting clause "${clause}"`)
    )
  })
}

function formatOne(value: unknown, verb: string, digits: number): string | undefined {
  switch (verb) {
    case 's':
      return shown(value)
    case 'd':
      return String(value)
    case 'f':
      return Number(value).toFixed(digits)
    case 'e':
      return Number(value)
        .toExponential(digits)
        .replace(/e([+-])(\d)$/, 'e$10$2')
    case 'b':
      return whole(value).toString(2)
    case 'o':
      return whole(value).toString(8)
    case 'x':
      return hexadecimal(value)
    case 'X':
      return hexadecimal(value).toUpperCase()
    default:
      return undefined
  }
}

const whole = (value: unknown): bigint => (typeof value === 'boolean' ? BigInt(value) : BigInt(String(value)))
const hexadecimal = (value: unknown): string => {
  if (typeof value === 'string' || value instanceof Uint8Array) return Buffer.from(value as string).toString('hex')
  return whole(value).toString(16)
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  if (value instanceof Map) {
    const entries = [...value].map(([key, field]) => `${shown(key)}: ${shown(field)}`).sort()
    return `{${entries.join(', ')}}`
  }
  if (value instanceof Date) return textOf(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  return String(value)
}
