export const frameTypes = { synStream: 1, synReply: 2, rstStream: 3, settings: 4, ping: 6, goAway: 7, headers: 8, windowUpdate: 9 } as const
export const finFlag = 0x01
const version = 3
const headerLength = 8
/** Larger frames are refused: no client of ours sends them. */
const largestFrame = 4 * 1024 * 1024

/** The peer does not speak SPDY as it should: its session is over. */
export class SpdyError extends Error {
  override readonly name = 'SpdyError'
}

export type SpdyFrame =
  | { readonly control: true; readonly type: number; readonly flags: number; readonly body: Buffer }
  | { readonly control: false; readonly streamId: number; readonly flags: number; readonly body: Buffer }

/** A byte stream as SPDY/3 frames. */
export async function* readSpdyFrames(source: AsyncIterable<Buffer>): AsyncGenerator<SpdyFrame> {
  let chunks: Buffer[] = []
  let size = 0
  let needed = headerLength
  for await (const chunk of source) {
    chunks.push(chunk)
    size += chunk.length
    if (size < needed) continue
    let rest: Buffer = Buffer.concat(chunks)
    for (;;) {
      needed = rest.length < headerLength ? headerLength : headerLength + bodyLength(rest)
      if (rest.length < needed) break
      yield parse(rest.subarray(0, needed))
      rest = rest.subarray(needed)
    }
    chunks = [rest]
    size = rest.length
  }
}

function bodyLength(header: Buffer): number {
  const length = header.readUIntBE(5, 3)
  if (length > largestFrame) throw new SpdyError(`a SPDY frame of ${length} bytes is too large`)
  return length
}

function parse(frame: Buffer): SpdyFrame {
  const first = frame.readUInt32BE(0)
  const flags = frame.readUInt8(4)
  const body = frame.subarray(headerLength)
  if (first < 0x80000000) return { control: false, streamId: first, flags, body }
  return { control: true, type: first & 0xffff, flags, body }
}

export function controlFrame(type: number, body: Buffer, flags = 0): Buffer {
  const header = Buffer.alloc(headerLength)
  header.writeUInt16BE(0x8000 | version, 0)
  header.writeUInt16BE(type, 2)
  header.writeUInt8(flags, 4)
  header.writeUIntBE(body.length, 5, 3)
  return Buffer.concat([header, body])
}

export function dataFrame(streamId: number, body: Buffer, flags = 0): Buffer {
  const header = Buffer.alloc(headerLength)
  header.writeUInt32BE(streamId, 0)
  header.writeUInt8(flags, 4)
  header.writeUIntBE(body.length, 5, 3)
  return Buffer.concat([header, body])
}

export function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, 4 * index))
  return bytes
}

/** The number at this place of what a peer sent; a SpdyError when that ends before. */
export function numberAt(bytes: Buffer, offset: number): number {
  if (offset + 4 > bytes.length) throw new SpdyError('a SPDY frame is cut off')
  return bytes.readUInt32BE(offset)
}
