import type { ByteSink } from '../registry/stored-object.ts'

const firstCapacity = 16 * 1024
/** Larger steps would leave much of a piece unused. */
const largestStep = 64 * 1024

/** Puts texts and bytes together in UTF-8. What it gives away it no longer touches. */
export class ByteBuilder implements ByteSink {
  #bytes = Buffer.alloc(0)
  #length = 0
  /** The last piece tells what the next one will need. */
  #capacity = firstCapacity

  get length(): number {
    return this.#length
  }
  text(text: string): void {
    // No unit of a text takes more than three bytes; counting is worth it for long ones only.
    this.#makeRoom(text.length < 1_000 ? text.length * 3 : Buffer.byteLength(text))
    this.#length += this.#bytes.write(text, this.#length)
  }
  bytes(bytes: Buffer, from: number, to: number): void {
    this.#makeRoom(to - from)
    this.#length += bytes.copy(this.#bytes, this.#length, from, to)
  }
  /** What has come together since the last time. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length)
    this.#bytes = Buffer.alloc(0)
    this.#length = 0
    return taken
  }

  #makeRoom(more: number): void {
    const wanted = this.#length + more
    if (wanted <= this.#bytes.length) return
    while (this.#capacity < wanted) this.#capacity += Math.max(Math.min(this.#capacity, largestStep), wanted - 2 * this.#capacity)
    const larger = Buffer.allocUnsafeSlow(this.#capacity)
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
