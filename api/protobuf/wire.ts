import { DecodeError } from '../schema/decode-error.ts'

/** How a value is laid out: as a varint, eight bytes, a length and bytes, four bytes. */
export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

const truncated = () => new DecodeError('unexpected EOF')

/** Reads protobuf primitives. Throws a DecodeError rather than read past the end. */
export class WireReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }
  get done(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** Numbers beyond 2⁵³ lose their last digits, as everywhere in JavaScript; negative ones come as two's complement. */
  varint(): number {
    let low = 0
    // Most are small: seven bits at a time without big integers.
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte()
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) return low
    }
    return Number(BigInt.asIntN(64, BigInt(low) | this.#highBits()))
  }
  #highBits(): bigint {
    let value = 0n
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new DecodeError('proto: integer overflow')
  }
  #byte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw truncated()
    return byte
  }

  bytes(): Uint8Array {
    return this.#take(this.varint())
  }
  #take(length: number): Uint8Array {
    const end = this.#at + length
    if (length < 0 || end > this.#bytes.length) throw truncated()
    const slice = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return slice
  }
  double(): number {
    const slice = this.#take(8)
    return new DataView(slice.buffer, slice.byteOffset, 8).getFloat64(0, true)
  }

  tag(): { readonly number: number; readonly wireType: number } {
    const tag = this.varint()
    const number = tag >>> 3
    if (number === 0) throw new DecodeError(`proto: illegal tag ${number} (wire type ${tag & 7})`)
    return { number, wireType: tag & 7 }
  }
  skip(wireType: number): void {
    if (wireType === wireTypes.varint) this.varint()
    else if (wireType === wireTypes.fixed64) this.#take(8)
    else if (wireType === wireTypes.bytes) this.bytes()
    else if (wireType === wireTypes.fixed32) this.#take(4)
    else throw new DecodeError(`proto: illegal wireType ${wireType}`)
  }
}

/** Numbers below this are written without big integers. */
const small = 0x8000_0000

/** Writes protobuf primitives, one after the other into one buffer. */
export class WireWriter {
  #buffer: Buffer
  #at = 0

  constructor(size = 1024) {
    this.#buffer = Buffer.allocUnsafe(size)
  }
  varint(value: number | bigint): void {
    this.#reserve(10)
    if (typeof value === 'number' && value >= 0 && value < small) return this.#smallVarint(value)
    let rest = BigInt.asUintN(64, BigInt(value))
    for (; rest > 0x7fn; rest >>= 7n) this.#buffer[this.#at++] = Number(rest & 0x7fn) | 0x80
    this.#buffer[this.#at++] = Number(rest)
  }
  #smallVarint(value: number): void {
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) this.#buffer[this.#at++] = (rest & 0x7f) | 0x80
    this.#buffer[this.#at++] = rest
  }
  tag(number: number, wireType: number): void {
    this.varint((number << 3) | wireType)
  }
  integer(number: number, value: number): void {
    this.tag(number, wireTypes.varint)
    this.varint(Math.trunc(value))
  }
  double(number: number, value: number): void {
    this.tag(number, wireTypes.fixed64)
    this.#reserve(8)
    this.#at = this.#buffer.writeDoubleLE(value, this.#at)
  }
  bytes(number: number, value: Uint8Array): void {
    this.tag(number, wireTypes.bytes)
    this.varint(value.length)
    this.raw(value)
  }
  /** Bytes as they are, without a tag. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length)
    this.#buffer.set(value, this.#at)
    this.#at += value.length
  }
  text(number: number, value: string): void {
    this.tag(number, wireTypes.bytes)
    const length = Buffer.byteLength(value)
    this.varint(length)
    this.#reserve(length)
    this.#at += this.#buffer.write(value, this.#at)
  }
  /** A message, which `write` writes here. Its length comes first: most fit into one byte, longer ones are moved. */
  message(number: number, write: () => void): void {
    this.tag(number, wireTypes.bytes)
    this.#reserve(1)
    const start = this.#at + 1
    this.#at = start
    write()
    const end = this.#at
    const moved = bytesOfVarint(end - start) - 1
    this.#reserve(moved)
    if (moved > 0) this.#buffer.copyWithin(start + moved, start, end)
    this.#at = start - 1
    this.#smallVarint(end - start)
    this.#at = end + moved
  }
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#at)
  }
  #reserve(length: number): void {
    if (this.#at + length <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, this.#at + length))
    this.#buffer.copy(larger, 0, 0, this.#at)
    this.#buffer = larger
  }
}

function bytesOfVarint(value: number): number {
  let count = 1
  for (let rest = value; rest > 0x7f; rest >>>= 7) count++
  return count
}
