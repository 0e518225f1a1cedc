import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib'
import { spdyDictionary } from './spdy-dictionary.ts'

export type SpdyHeaders = Readonly<Record<string, string>>

/** More than any client of ours sends; protects against a small block that grows without end. */
const largest = 256 * 1024

/** The headers of one direction of a session: all blocks are one compressed stream, so they must be taken in order. */
export class HeaderReader {
  readonly #inflate: Inflate = createInflate({ dictionary: spdyDictionary, flush: constants.Z_SYNC_FLUSH })
  #chunks: Buffer[] = []
  #size = 0

  constructor() {
    this.#inflate.on('data', (chunk: Buffer) => {
      this.#size += chunk.length
      if (this.#size > largest) this.#inflate.destroy(new Error('SPDY headers are too large'))
      else this.#chunks.push(chunk)
    })
  }
  read(block: Buffer): Promise<SpdyHeaders> {
    return new Promise((resolve, reject) => {
      this.#inflate.once('error', reject)
      this.#inflate.write(block, error => {
        this.#inflate.off('error', reject)
        const plain = Buffer.concat(this.#chunks)
        this.#chunks = []
        this.#size = 0
        if (error) reject(error)
        else resolve(parseHeaders(plain))
      })
    })
  }
  close(): void {
    this.#inflate.destroy()
  }
}

export class HeaderWriter {
  readonly #deflate: Deflate = createDeflate({ dictionary: spdyDictionary })
  #chunks: Buffer[] = []

  constructor() {
    this.#deflate.on('data', (chunk: Buffer) => this.#chunks.push(chunk))
  }
  write(headers: SpdyHeaders): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#deflate.once('error', reject)
      this.#deflate.write(serializeHeaders(headers))
      this.#deflate.flush(constants.Z_SYNC_FLUSH, () => {
        this.#deflate.off('error', reject)
        const block = Buffer.concat(this.#chunks)
        this.#chunks = []
        resolve(block)
      })
    })
  }
  close(): void {
    this.#deflate.destroy()
  }
}

function serializeHeaders(headers: SpdyHeaders): Buffer {
  const entries = Object.entries(headers)
  const parts = [number(entries.length)]
  for (const text of entries.flat()) parts.push(number(Buffer.byteLength(text)), Buffer.from(text))
  return Buffer.concat(parts)
}
const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function parseHeaders(block: Buffer): SpdyHeaders {
  const headers: Record<string, string> = {}
  let offset = 4
  const text = (): string => {
    const start = offset + 4
    const end = start + block.readUInt32BE(offset)
    if (end > block.length) throw new Error('SPDY headers are cut off')
    offset = end
    return block.toString('utf8', start, end)
  }
  for (let left = block.readUInt32BE(0); left > 0; left--) {
    const name = text().toLowerCase()
    headers[name] = text()
  }
  return headers
}
