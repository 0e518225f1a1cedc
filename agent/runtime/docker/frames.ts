/** One piece of a container's output. */
export interface Frame {
  readonly stream: 'stdout' | 'stderr'
  readonly payload: Buffer
}

const headerLength = 8

/** Docker's multiplexed output taken apart: a byte for the stream, a length, the bytes. The reader's pace is the writer's. */
export async function* readFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      if (rest.length < headerLength) break
      const end = headerLength + rest.readUInt32BE(4)
      if (rest.length < end) break
      yield { stream: rest[0] === 2 ? 'stderr' : 'stdout', payload: rest.subarray(headerLength, end) }
      rest = rest.subarray(end)
    }
  }
}

/** The output of a container with a terminal: everything is standard output. */
export async function* rawFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  for await (const payload of source) yield { stream: 'stdout', payload }
}
