import { describe, expect, it } from '@jest/globals'
import { difference, emptySet, intersection, isFieldSet, paths, union, type FieldSet } from './field-set.ts'

const listed = (set: FieldSet): string[] => [...paths(set)].map(path => path.join(' ')).sort()

/** Every combination of three elements, the second of them below the first: in the set, not in the set, or only by what is below. */
const sets: FieldSet[] = [
  emptySet,
  { 'f:a': {} },
  { 'f:a': { 'f:b': {} } },
  { 'f:a': { '.': {}, 'f:b': {} } },
  { 'f:a': { '.': {}, 'f:b': { '.': {}, 'k:{"name":"x"}': {} }, 'f:c': {} } },
  { 'f:a': { 'f:b': { 'k:{"name":"x"}': { 'f:d': {} } } }, 'f:e': {} },
  { 'f:e': { 'v:1': {}, 'v:2': {} } },
]
const pairs = sets.flatMap(a => sets.map((b): [FieldSet, FieldSet] => [a, b]))

describe('sets of fields', () => {
  it.each(pairs)('%j and %j come to the paths that are in either, in both, in the first alone', (a, b) => {
    const [inA, inB] = [listed(a), listed(b)]
    expect(listed(union(a, b))).toEqual([...new Set([...inA, ...inB])].sort())
    expect(listed(intersection(a, b))).toEqual(inA.filter(path => inB.includes(path)))
    expect(listed(difference(a, b))).toEqual(inA.filter(path => !inB.includes(path)))
  })

  it('have nothing in them that no path leads to', () => {
    expect(difference({ 'f:a': { 'f:b': {} } }, { 'f:a': { 'f:b': {} } })).toEqual({})
    expect(difference({ 'f:a': { '.': {}, 'f:b': {} } }, { 'f:a': { 'f:b': {} } })).toEqual({ 'f:a': {} })
    expect(intersection({ 'f:a': { 'f:b': {} } }, { 'f:a': { 'f:c': {} } })).toEqual({})
  })

  it('share what comes from one side alone', () => {
    const [a, b] = [{ 'f:a': { 'f:b': {} }, 'f:c': {} }, { 'f:c': {} }]
    expect(union(a, b)['f:a']).toBe(a['f:a'])
    expect(difference(a, b)['f:a']).toBe(a['f:a'])
  })

  it.each<[unknown, boolean]>([
    [{ 'f:a': { '.': {}, 'k:{"name":"x"}': {}, 'v:1': {}, 'i:0': {} } }, true],
    [{ a: {} }, false],
    [{ 'x:a': {} }, false],
    [{ 'f:a': 1 }, false],
    [{ 'f:a': [] }, false],
    [null, false],
  ])('%j from outside: %s', (value, valid) => expect(isFieldSet(value)).toBe(valid))
})
