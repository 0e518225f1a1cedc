import { describe, expect, it } from '@jest/globals'
import { readFrames } from './frames.ts'

const frame = (stream: number, text: string): Buffer => {
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(text.length, 4)
  return Buffer.concat([header, Buffer.from(text)])
}

async function read(...chunks: Buffer[]): Promise<string[]> {
  async function* source() {
    yield* chunks
  }
  const all: string[] = []
  for await (const { stream, payload } of readFrames(source())) all.push(`${stream} ${payload.toString()}`)
  return all
}

describe('readFrames', () => {
  it('puts frames together however they were cut', async () => {
    const bytes = Buffer.concat([frame(1, 'out'), frame(2, 'err'), frame(1, '')])
    const expected = ['stdout out', 'stderr err', 'stdout ']
    expect(await read(bytes)).toEqual(expected)
    expect(await read(...[...bytes].map(byte => Buffer.of(byte)))).toEqual(expected)
  })

  it('passes on what is not framed', async () => {
    expect(await read(Buffer.from('engine failure'))).toEqual(['stderr engine failure'])
  })
})
