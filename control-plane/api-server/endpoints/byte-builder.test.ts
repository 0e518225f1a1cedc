import { describe, expect, it } from '@jest/globals'
import { ByteBuilder } from './byte-builder.ts'

describe('ByteBuilder', () => {
  it('puts texts and bytes together in UTF-8, whatever their lengths', () => {
    const builder = new ByteBuilder()
    const parts = ['', 'a', 'ä€😀', 'x'.repeat(5_000), 'ü'.repeat(40_000), 'end']
    for (const part of parts) {
      builder.text(part)
      const bytes = Buffer.from(`[${part}]`)
      builder.bytes(bytes, 1, bytes.length - 1)
    }
    const expected = parts.map(part => part + part).join('')
    expect(builder.length).toBe(Buffer.byteLength(expected))
    expect(builder.take().toString()).toBe(expected)
  })

  it('does not touch what it has given away', () => {
    const builder = new ByteBuilder()
    builder.text('one')
    const first = builder.take()
    builder.text('two')
    expect([first.toString(), builder.take().toString(), builder.take().toString()]).toEqual(['one', 'two', ''])
  })
})
