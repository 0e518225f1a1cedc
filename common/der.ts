/** The few forms of ASN.1's distinguished encoding that a certificate request consists of: a tag, a length, the content. */

function encoded(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content])
}

/** Below 128 the length itself; otherwise how many bytes it takes, and these. */
function lengthOf(length: number): number[] {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff)
  return [0x80 | bytes.length, ...bytes]
}

/** Seven bits a byte; all but the last have the eighth set. */
function base128(value: number): number[] {
  const bytes = [value & 0x7f]
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80)
  return bytes
}

export const sequence = (...items: readonly Buffer[]): Buffer => encoded(0x30, ...items)
export const set = (item: Buffer): Buffer => encoded(0x31, item)
/** From 0 to 127. */
export const integer = (value: number): Buffer => encoded(0x02, Buffer.from([value]))
export const octets = (content: Buffer): Buffer => encoded(0x04, content)
/** Whole bytes. */
export const bits = (content: Buffer): Buffer => encoded(0x03, Buffer.from([0]), content)
export const text = (value: string): Buffer => encoded(0x0c, Buffer.from(value, 'utf8'))

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return encoded(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** What its context gives a meaning to by a number; of other encodings, unless it is said to be of plain bytes. */
export const tagged = (number: number, content: Buffer, constructed = true): Buffer =>
  encoded(0x80 | (constructed ? 0x20 : 0) | number, content)
