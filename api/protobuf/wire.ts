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

/** Writes protobuf primitives. */
export class WireWriter {
  readonly #chunks: Uint8Array[] = []

  varint(value: number | bigint): void {
    let rest = BigInt.asUintN(64, BigInt(value))
    const bytes: number[] = []
    while (rest > 0x7fn) {
      bytes.push(Number(rest & 0x7fn) | 0x80)
      rest >>= 7n
    }
    this.#chunks.push(Uint8Array.from([...bytes, Number(rest)]))
  }
  tag(number: number, wireType: number): void {
    this.varint((number << 3) | wireType)
  }
  integer(number: number, value: number): void {
    this.tag(number, wireTypes.varint)
    this.varint(BigInt(Math.trunc(value)))
  }
  double(number: number, value: number): void {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setFloat64(0, value, true)
    this.tag(number, wireTypes.fixed64)
    this.#chunks.push(bytes)
  }
  bytes(number: number, value: Uint8Array): void {
    this.tag(number, wireTypes.bytes)
    this.varint(value.length)
    this.#chunks.push(value)
  }
  text(number: number, value: string): void {
    this.bytes(number, Buffer.from(value))
  }
  finish(): Uint8Array {
    return Buffer.concat(this.#chunks)
  }
}
