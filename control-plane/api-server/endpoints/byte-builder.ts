import type { ByteSink } from '../registry/stored-object.ts'

const firstCapacity = 16 * 1024
/** Larger steps would leave much of a piece unused. */
const largestStep = 64 * 1024

/** Shorter texts are sooner written here than by whoever else could be asked to. */
const short = 64

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
    if (text.length < short && this.#writeAscii(text)) return
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

  /** False, and nothing written, where it is none. */
  #writeAscii(text: string): boolean {
    this.#makeRoom(text.length)
    const [bytes, start] = [this.#bytes, this.#length]
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code > 0x7f) return false
      bytes[start + at] = code
    }
    this.#length += text.length
    return true
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
