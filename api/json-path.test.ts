import { describe, expect, it } from '@jest/globals'
import { parseJsonPath } from './json-path.ts'

const object = {
  spec: {
    replicas: 2,
    'a.b': 'dotted',
    list: [
      { name: 'a', n: 1 },
      { name: 'b', n: 2 },
    ],
  },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Other', status: 'False' },
    ],
  },
}

describe('parseJsonPath', () => {
  it.each<[string, unknown[]]>([
    ['.spec.replicas', [2]],
    ['.spec.missing.deeper', []],
    ['.spec.a\\.b', ['dotted']],
    [".spec['a.b']", ['dotted']],
    ['.spec.list[0].name', ['a']],
    ['.spec.list[-1].name', ['b']],
    ['.spec.list[*].name', ['a', 'b']],
    ['.spec.list[0:1].name', ['a']],
    ['..n', [1, 2]],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    [".status.conditions[?(@.type!='Ready')].status", ['False']],
    ['.spec.list[?(@.n>1)].name', ['b']],
    ['.spec.list[?(@.n)].name', ['a', 'b']],
  ])('finds %s', (path, expected) => {
    expect(parseJsonPath(path)(object)).toEqual(expected)
  })

  it.each(['spec', '.spec[', '.spec[x]', '.a[?(@.b==c)]'])('refuses %s', path => {
    expect(() => parseJsonPath(path)).toThrow(SyntaxError)
  })
})
