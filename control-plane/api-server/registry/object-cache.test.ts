import { describe, expect, it } from '@jest/globals'
import type { Entry } from '../../store/store.ts'
import { ObjectCache } from './object-cache.ts'

const entry = (name: string, revision = 1): Entry => {
  const value = JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name } })
  return { key: `/core/configmaps/default/${name}`, value, revision, createRevision: 1 }
}
const size = entry('a').value.length

describe('ObjectCache', () => {
  it('gives everybody the same object of a revision, and none of another', () => {
    const cache = new ObjectCache()
    const first = cache.of(entry('a'))
    expect(cache.of(entry('a'))).toBe(first)
    expect(cache.peek(entry('a', 2))).toBeUndefined()
    const second = cache.of(entry('a', 2))
    expect(second.object.metadata.resourceVersion).toBe('2')
    expect(cache.peek(entry('a'))).toBeUndefined()
  })

  it('knows of what was written which revision it is', () => {
    const cache = new ObjectCache()
    const written = cache.put(entry('a', 7), { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' } as never })
    expect(written.object.metadata.resourceVersion).toBe('7')
    expect(cache.of(entry('a', 7))).toBe(written)
  })

  it('keeps what is used and drops what is not when there is too much', () => {
    const cache = new ObjectCache(size * 8)
    const used = cache.of(entry('a'))
    cache.of(entry('b'))
    for (const name of 'cdefghijklmnop') {
      cache.of(entry(name))
      expect(cache.of(entry('a'))).toBe(used)
    }
    expect(cache.peek(entry('b'))).toBeUndefined()
    expect('abcdefghijklmnop'.split('').filter(name => cache.peek(entry(name))).length).toBeLessThanOrEqual(9)
  })

  it('does not take an object that is replaced again and again for many', () => {
    const cache = new ObjectCache(size * 8)
    const other = cache.of(entry('b'))
    for (let revision = 1; revision < 100; revision++) cache.of(entry('a', revision))
    expect(cache.peek(entry('b'))).toBe(other)
  })

  it('forgets what is deleted', () => {
    const cache = new ObjectCache()
    cache.of(entry('a'))
    cache.forget(entry('a').key)
    expect(cache.peek(entry('a'))).toBeUndefined()
  })
})
