import { describe, expect, it } from '@jest/globals'
import { endOfObject } from './json-bytes.ts'

describe('endOfObject', () => {
  it.each([
    {},
    { name: 'a' },
    { inner: { inner: {} }, list: [{}, [{ a: 1 }]] },
    { 'a}"{': '}\\"{\\\\', b: '\\', c: '"', d: '{', e: '}}}' },
    { text: 'ä€😀"}', ключ: '\u0000\n"' },
  ])('is behind the brace that closes %j', object => {
    const text = JSON.stringify(object)
    const bytes = Buffer.from(`${text},"spec":{"a":"}"}}`)
    expect(bytes.subarray(0, endOfObject(bytes, 1)).toString()).toBe(text)
  })

  it('says so when there is none', () => {
    for (const text of ['{"a":1', '{"a":"}', '{"a":"\\'])
      expect(() => endOfObject(Buffer.from(text), 1)).toThrow('a JSON object has no end')
  })
})
