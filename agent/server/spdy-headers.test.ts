import { describe, expect, it } from '@jest/globals'
import { SpdyError } from './spdy-frames.ts'
import { HeaderReader, HeaderWriter } from './spdy-headers.ts'

const written = async (headers: Record<string, string>) => {
  const writer = new HeaderWriter()
  const block = await writer.write(headers)
  writer.close()
  return block
}

describe('HeaderReader', () => {
  it('takes one block after the other, with names in small letters', async () => {
    const [writer, reader] = [new HeaderWriter(), new HeaderReader()]
    for (const headers of [{ StreamType: 'stdin', port: '' }, {}, { streamtype: 'ä' }]) {
      const expected = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
      expect(await reader.read(await writer.write(headers))).toEqual(expected)
    }
    writer.close()
    reader.close()
  })

  const bad: Record<string, () => Promise<Buffer>> = {
    'what is not compressed': async () => Buffer.from('garbage!!'),
    nothing: async () => Buffer.alloc(0),
    'half of a block': async () => (await written({ a: 'b', c: 'd' })).subarray(0, 12),
    'a block with a break in it': async () => {
      const block = await written({ streamtype: 'stdin' })
      return Buffer.concat([block.subarray(0, 12), Buffer.alloc(5, 0xff), block.subarray(12)])
    },
    'a block that grows without end': () => written({ a: 'x'.repeat(1_000_000) }),
  }
  for (const [name, block] of Object.entries(bad)) {
    it(`fails on ${name}, and so does what follows or nothing at all`, async () => {
      const reader = new HeaderReader()
      await expect(reader.read(await block())).rejects.toThrow(SpdyError)
      await reader.read(await written({ a: 'b' })).catch((error: unknown) => expect(error).toBeInstanceOf(SpdyError))
      reader.close()
      await expect(reader.read(await written({}))).rejects.toThrow(SpdyError)
    })
  }

  it('fails when it is closed meanwhile', async () => {
    const reader = new HeaderReader()
    const reading = reader.read(await written({ a: 'b' }))
    reader.close()
    await expect(reading).rejects.toThrow(SpdyError)
  })
})
