import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib'
import { spdyDictionary } from './spdy-dictionary.ts'
import { numberAt, numbers, SpdyError } from './spdy-frames.ts'

export type SpdyHeaders = Readonly<Record<string, string>>

/** More than any client of ours sends; protects against a small block that grows without end. */
const largest = 256 * 1024

/**
 * The headers of one direction of a session: all blocks are one compressed stream, so they must be taken in order. A block that
 * cannot be read fails with a SpdyError, and so does every one after it.
 */
export class HeaderReader {
  readonly #inflate: Inflate = createInflate({ dictionary: spdyDictionary, flush: constants.Z_SYNC_FLUSH })
  #chunks: Buffer[] = []
  #size = 0

  constructor() {
    this.#inflate.on('data', (chunk: Buffer) => {
      this.#size += chunk.length
      if (this.#size > largest) this.#inflate.destroy(new SpdyError('SPDY headers are too large'))
      else this.#chunks.push(chunk)
    })
    // Whoever reads is told; an error that nobody listens to would end the process.
    this.#inflate.on('error', () => undefined)
  }
  async read(block: Buffer): Promise<SpdyHeaders> {
    this.#chunks = []
    this.#size = 0
    await this.#inflated(block)
    return parseHeaders(Buffer.concat(this.#chunks))
  }
  close(): void {
    this.#inflate.destroy()
  }

  /** Resolves when all of the block has come out. A broken stream calls nobody back, but it closes. */
  #inflated(block: Buffer): Promise<void> {
    const inflate = this.#inflate
    return new Promise((resolve, reject) => {
      const fail = () => reject(new SpdyError(inflate.errored?.message ?? 'SPDY headers after the end of their session'))
      inflate.once('close', fail)
      inflate.write(block, error => {
        inflate.off('close', fail)
        if (error || inflate.destroyed) fail()
        else resolve()
      })
    })
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
  const parts = [numbers(entries.length)]
  for (const text of entries.flat()) parts.push(numbers(Buffer.byteLength(text)), Buffer.from(text))
  return Buffer.concat(parts)
}

function parseHeaders(block: Buffer): SpdyHeaders {
  const headers: Record<string, string> = {}
  let offset = 4
  const text = (): string => {
    const start = offset + 4
    const end = start + numberAt(block, offset)
    if (end > block.length) throw new SpdyError('SPDY headers are cut off')
    offset = end
    return block.toString('utf8', start, end)
  }
  for (let left = numberAt(block, 0); left > 0; left--) {
    const name = text().toLowerCase()
    headers[name] = text()
  }
  return headers
}
