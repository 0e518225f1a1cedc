/** One piece of a container's output. */
export interface Frame {
  readonly stream: 'stdout' | 'stderr'
  readonly payload: Buffer
}

const headerLength = 8

/**
 * Docker's multiplexed output taken apart: a byte for the stream, a length, the bytes. The reader's pace is the writer's. What
 * does not begin with such a header is the engine's own words, such as why a command could not be run.
 */
export async function* readFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= headerLength && isHeader(rest)) {
      const end = headerLength + rest.readUInt32BE(4)
      if (rest.length < end) break
      yield { stream: rest[0] === 2 ? 'stderr' : 'stdout', payload: rest.subarray(headerLength, end) }
      rest = rest.subarray(end)
    }
    if (rest.length >= headerLength && !isHeader(rest)) {
      yield { stream: 'stderr', payload: rest }
      rest = Buffer.alloc(0)
    }
  }
  if (rest.length > 0 && !isHeader(rest)) yield { stream: 'stderr', payload: rest }
}

const isHeader = (bytes: Buffer): boolean => (bytes[0] ?? 0) <= 2 && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0

/** The output of a container with a terminal: everything is standard output. */
export async function* rawFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  for await (const payload of source) yield { stream: 'stdout', payload }
}
