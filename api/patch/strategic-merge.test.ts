import { describe, expect, it } from '@jest/globals'
import { list, listMap, map, message, optional, required, set, string } from '../schema/schema.ts'
import { applyMergePatch } from './merge-patch.ts'
import { applyStrategicMergePatch } from './strategic-merge.ts'

const Item = message('io.example.v1.Item', '', {
  name: required(1, string(), ''),
  value: optional(2, string(), ''),
  args: optional(3, list(string()), ''),
})
const Thing = message('io.example.v1.Thing', '', {
  items: optional(1, listMap(Item, ['name']), ''),
  plain: optional(2, list(Item), ''),
  finalizers: optional(3, set(string(), { patchStrategy: 'merge' }), ''),
  labels: optional(4, map(string()), ''),
})
const apply = (original: unknown, patch: unknown) => applyStrategicMergePatch(Thing, original, patch)
const named = (...names: string[]) => names.map(name => ({ name }))

describe('applyStrategicMergePatch', () => {
  it('merges lists by key and puts what the patch names first', () => {
    expect(apply({ items: [{ name: 'a', value: '1' }, { name: 'b' }] }, { items: [{ name: 'c' }, { name: 'a', args: ['x'] }] })).toEqual({
      items: [{ name: 'c' }, { name: 'a', value: '1', args: ['x'] }, { name: 'b' }],
    })
  })

  it.each([
    ['deletes an element', { items: named('a', 'b') }, { items: [{ name: 'a', $patch: 'delete' }] }, { items: named('b') }],
    ['replaces a list', { items: named('a', 'b') }, { items: [{ $patch: 'replace' }, { name: 'c' }] }, { items: named('c') }],
    ['replaces an object', { labels: { a: '1' } }, { labels: { $patch: 'replace', b: '2' } }, { labels: { b: '2' } }],
    ['empties an object', { labels: { a: '1' } }, { labels: { $patch: 'delete' } }, { labels: {} }],
    ['replaces lists without a merge strategy', { plain: named('a') }, { plain: named('b') }, { plain: named('b') }],
    ['adds to sets once', { finalizers: ['a'] }, { finalizers: ['b', 'a'] }, { finalizers: ['b', 'a'] }],
    ['takes from sets', { finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] }, { finalizers: ['b'] }],
    ['takes nothing from nothing', {}, { '$deleteFromPrimitiveList/finalizers': ['a'] }, {}],
    ['removes by null', { labels: { a: '1', b: '2' } }, { labels: { a: null } }, { labels: { b: '2' } }],
    ['adds no nulls', {}, { labels: { a: null, b: '2' } }, { labels: { b: '2' } }],
    [
      'keeps only some keys',
      { labels: { a: '1', b: '2' } },
      { labels: { $retainKeys: ['b', 'c'], c: '3' } },
      { labels: { b: '2', c: '3' } },
    ],
    [
      'orders elements',
      { items: named('a', 'b', 'c') },
      { '$setElementOrder/items': named('c', 'd', 'a'), items: named('d') },
      { items: named('b', 'c', 'd', 'a') },
    ],
    ['orders without changes', { items: named('a', 'b') }, { '$setElementOrder/items': named('b', 'a') }, { items: named('b', 'a') }],
  ])('%s', (...[, original, patch, expected]) => {
    const before = JSON.stringify([original, patch])
    expect(apply(original, patch)).toEqual(expected)
    expect(JSON.stringify([original, patch])).toBe(before)
  })

  it.each([
    [{ items: [{ value: 'x' }] }, 'map: map[value:x] does not contain declared merge key: name'],
    [{ labels: { $patch: 'dance' } }, 'unknown patch type: dance in map: map[$patch:dance]'],
    [{ labels: { $retainKeys: ['a'], b: '1' } }, 'invalid patch format of retainKeys'],
    [{ '$deleteFromPrimitiveList/finalizers': 'a' }, 'invalid patch format of primitive list'],
    [{ '$setElementOrder/items': [{ name: 'a' }], items: [{ name: 'b' }] }, /^The order in patch list:\n\[map\[name:b\]\]\n doesn't match/],
  ])('refuses %j', (patch, message) => {
    expect(() => apply({ items: named('a'), labels: { a: '1' } }, patch)).toThrow(message)
  })
})

describe('applyMergePatch', () => {
  it('follows RFC 7386', () => {
    expect(applyMergePatch({ a: { b: 1, c: 2 }, d: [1] }, { a: { b: null, e: { f: null } }, d: [2] })).toEqual({
      a: { c: 2, e: {} },
      d: [2],
    })
    expect(applyMergePatch({ a: 1 }, [1])).toEqual([1])
  })
})
