import { describe, expect, it } from '@jest/globals'
import { isEqual } from './equal.ts'
import { deepFreeze } from './freeze.ts'
import { canonicalJson, fnv32, hashJson } from './hash.ts'

describe('isEqual', () => {
  it('compares all the way down, whatever the order of keys', () => {
    expect(isEqual({ a: [1, { b: null }], c: undefined }, { a: [1, { b: null }] })).toBe(true)
    expect(isEqual({ a: 1 }, { a: 1, b: 2 })).toBe(false)
    expect(isEqual([], {})).toBe(false)
    expect(isEqual([1, 2], [2, 1])).toBe(false)
    expect(isEqual(null, {})).toBe(false)
  })
})

describe('deepFreeze', () => {
  it('freezes what is inside', () => {
    const value = deepFreeze({ a: [{ b: 1 }] })
    expect(() => (value.a[0] as { b: number }).b++).toThrow(TypeError)
  })
})

describe('hashes', () => {
  it('do not depend on the order of keys', () => {
    expect(canonicalJson({ b: 1, a: [undefined, 'x'], c: undefined })).toBe('{"a":[null,"x"],"b":1}')
    expect(hashJson({ a: 1, b: 2 })).toBe(hashJson({ b: 2, a: 1 }))
    expect(hashJson({ a: 1 })).not.toBe(hashJson({ a: 2 }))
  })

  it('are those of FNV-1a', () => {
    expect(fnv32('')).toBe(0x811c9dc5)
    expect(fnv32('foobar')).toBe(0xbf9cf968)
  })
})
