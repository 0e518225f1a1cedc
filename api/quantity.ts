/** Upstream's resource.Quantity: exact decimal amounts such as `500m`, `1Gi`, `2e3`, with one canonical text for each. */

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

/** `nanos` is the amount times 10⁹: upstream keeps no finer detail and rounds it up. */
export interface Quantity {
  readonly nanos: bigint
  readonly format: QuantityFormat
  /** The text it was read from, where upstream keeps that: it is canonical at first sight. */
  readonly text?: string
}

/** What an unreadable quantity is answered with; upstream says the same for nearly every mistake. */
export const quantityFormatError = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const suffixError = "unable to parse quantity's suffix"

const decimalExponents: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const decimalSuffixes = Object.fromEntries(Object.entries(decimalExponents).map(([suffix, exponent]) => [exponent, suffix]))
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

const nano = 10n ** 9n
const largestBinary = (2n ** 63n - 1n) * nano

interface Scale {
  readonly format: QuantityFormat
  readonly base: bigint
  readonly exponent: number
}

function scaleOf(suffix: string): Scale {
  const decimal = Object.hasOwn(decimalExponents, suffix) ? decimalExponents[suffix] : undefined
  if (decimal !== undefined) return { format: 'DecimalSI', base: 10n, exponent: decimal }
  const binary = binarySuffixes.indexOf(suffix)
  if (binary > 0) return { format: 'BinarySI', base: 2n, exponent: binary * 10 }
  if (/^[eE][+-]?[0-9]+$/.test(suffix)) return { format: 'DecimalExponent', base: 10n, exponent: Number(suffix.slice(1)) }
  throw new RangeError(suffixError)
}

/** Throws a RangeError with upstream's words when the text is not a quantity. Binary amounts beyond ±(2⁶³-1) are cut to that. */
export function parseQuantity(text: string): Quantity {
  const known = parsed.get(text)
  if (known) return known
  const quantity = parseAnew(text)
  if (parsed.size >= 1000) parsed.clear()
  parsed.set(text, quantity)
  return quantity
}

/** The few texts that most manifests consist of, with what they mean. */
const parsed = new Map<string, Quantity>()

function parseAnew(text: string): Quantity {
  const [, sign = '', whole = '', fraction = '', suffix = ''] = /^([+-]?)0*([0-9]*)(?:\.([0-9]*))?(.*)$/s.exec(text) ?? []
  if (text === '' || !/^[eEinumkKMGTP]*[-+]?[0-9]*$/.test(suffix)) throw new RangeError(quantityFormatError)
  const scale = scaleOf(suffix)
  const magnitude = inNanos(BigInt(whole + fraction), scale, fraction.length)
  const format = scale.format === 'BinarySI' && magnitude < nano ? 'DecimalSI' : scale.format
  const quantity = { nanos: sign === '-' ? -magnitude : magnitude, format }
  return isCanonicalAtSight(whole, fraction, scale) ? { ...quantity, text } : quantity
}

/** Upstream keeps the text as written when this quick look finds nothing to shorten, even where that leaves `+1` or `1.500`. */
function isCanonicalAtSight(whole: string, fraction: string, { format, exponent }: Scale): boolean {
  const digits = (whole || '0') + fraction
  if (digits.length > 18) return false
  if (format === 'BinarySI') return fraction === '' && BigInt(digits) % 8n !== 0n && digits.length + exponent * 0.3 < 14
  const scale = exponent - fraction.length
  return scale % 3 === 0 && scale >= -9 && !digits.endsWith('000') && !digits.startsWith('0')
}

function inNanos(mantissa: bigint, { base, exponent }: Scale, decimals: number): bigint {
  if (mantissa === 0n) return 0n
  if (base === 2n) {
    const nanos = roundUp(mantissa * 2n ** BigInt(exponent) * nano, 10n ** BigInt(decimals))
    return nanos > largestBinary ? largestBinary : nanos
  }
  const tens = exponent - decimals + 9
  // Far outside the range the result is known without computing a number of that size.
  if (tens > 1000) return largestBinary
  if (mantissa.toString().length + tens < 0) return 1n
  return tens >= 0 ? mantissa * 10n ** BigInt(tens) : roundUp(mantissa, 10n ** BigInt(-tens))
}

const roundUp = (value: bigint, divisor: bigint): bigint => {
  const quotient = value / divisor
  return value % divisor > 0n ? quotient + 1n : quotient
}
/** Away from zero, as upstream rounds. */
const roundAway = (value: bigint, divisor: bigint): bigint => (value < 0n ? -roundUp(-value, divisor) : roundUp(value, divisor))

/** The canonical text: the largest suffix that leaves no fraction. Fractions and amounts below 1024 are never written in binary. */
export function formatQuantity({ nanos, format, text }: Quantity): string {
  if (text !== undefined) return text
  if (nanos === 0n) return '0'
  const sign = nanos < 0n ? '-' : ''
  const magnitude = nanos < 0n ? -nanos : nanos
  if (format === 'BinarySI' && magnitude >= 1024n * nano && magnitude % nano === 0n) return sign + formatBinary(magnitude / nano)
  return sign + formatDecimal(magnitude, format)
}

function formatBinary(magnitude: bigint): string {
  let value = magnitude
  let power = 0
  while (power < binarySuffixes.length - 1 && value % 1024n === 0n) {
    value /= 1024n
    power++
  }
  return `${value}${binarySuffixes[power]}`
}

function formatDecimal(magnitude: bigint, format: QuantityFormat): string {
  let value = magnitude
  let exponent = -9
  while (value % 1000n === 0n && (exponent < 18 || format === 'DecimalExponent')) {
    value /= 1000n
    exponent += 3
  }
  if (format !== 'DecimalExponent') return `${value}${decimalSuffixes[exponent]}`
  return exponent === 0 ? `${value}` : `${value}e${exponent}`
}

export const canonicalQuantity = (text: string): string => formatQuantity(parseQuantity(text))

const asQuantity = (value: Quantity | string): Quantity => (typeof value === 'string' ? parseQuantity(value) : value)

/** Negative when `a` is less than `b`. */
export function compareQuantities(a: Quantity | string, b: Quantity | string): -1 | 0 | 1 {
  const difference = asQuantity(a).nanos - asQuantity(b).nanos
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** Keeps the format of the first one, or of the second where the first is zero. */
export const addQuantities = (a: Quantity, b: Quantity): Quantity => ({
  nanos: a.nanos + b.nanos,
  format: a.nanos === 0n ? b.format : a.format,
})
export const subtractQuantities = (a: Quantity, b: Quantity): Quantity => ({
  nanos: a.nanos - b.nanos,
  format: a.nanos === 0n ? b.format : a.format,
})

/** Bytes or whole units, rounded up, as a number. */
export const quantityToNumber = (value: Quantity | string): number => Number(roundAway(asQuantity(value).nanos, nano))
/** Thousandths, rounded up: millicores. */
export const milliValue = (value: Quantity | string): number => Number(roundAway(asQuantity(value).nanos, 1_000_000n))
