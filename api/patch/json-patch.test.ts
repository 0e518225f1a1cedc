import { describe, expect, it } from '@jest/globals'
import { ApiError } from '../errors.ts'
import { applyJsonPatch } from './json-patch.ts'

const document = { a: { b: 1, 'x/y': 2 }, list: ['p', 'q'] }

describe('applyJsonPatch', () => {
  it.each([
    [
      { op: 'add', path: '/a/c', value: 3 },
      { a: { b: 1, 'x/y': 2, c: 3 }, list: ['p', 'q'] },
    ],
    [
      { op: 'add', path: '/list/1', value: 'm' },
      { ...document, list: ['p', 'm', 'q'] },
    ],
    [
      { op: 'add', path: '/list/-', value: 'z' },
      { ...document, list: ['p', 'q', 'z'] },
    ],
    [
      { op: 'add', path: '/list/2', value: 'z' },
      { ...document, list: ['p', 'q', 'z'] },
    ],
    [
      { op: 'remove', path: '/a/x~1y' },
      { ...document, a: { b: 1 } },
    ],
    [
      { op: 'remove', path: '/list/-1' },
      { ...document, list: ['p'] },
    ],
    [
      { op: 'replace', path: '/list/0', value: 0 },
      { ...document, list: [0, 'q'] },
    ],
    [
      { op: 'move', from: '/a/b', path: '/b' },
      { a: { 'x/y': 2 }, list: ['p', 'q'], b: 1 },
    ],
    [
      { op: 'copy', from: '/list', path: '/a/b' },
      { a: { b: ['p', 'q'], 'x/y': 2 }, list: ['p', 'q'] },
    ],
    [{ op: 'test', path: '/a/b', value: 1 }, document],
    [{ op: 'test', path: '/none', value: null }, document],
  ])('applies %j', (operation, expected) => {
    const before = JSON.stringify(document)
    expect(applyJsonPatch(document, [operation])).toEqual(expected)
    expect(JSON.stringify(document)).toBe(before)
  })

  it.each([
    [{ op: 'add', path: '/none/c', value: 3 }],
    [{ op: 'add', path: '/list/3', value: 3 }],
    [{ op: 'add', path: '', value: 3 }],
    [{ op: 'remove', path: '/none' }],
    [{ op: 'replace', path: '/none', value: 1 }],
    [{ op: 'move', from: '/none', path: '/x' }],
    [{ op: 'test', path: '/a/b', value: 2 }],
    [{ op: 'dance', path: '/a' }],
    [{ op: 'add', path: '/list/__proto__/x', value: 1 }],
  ])('refuses %j', operation => {
    expect(() => applyJsonPatch(document, [operation])).toThrow('the server rejected our request due to an error in our request')
  })

  it('refuses what is no list of operations', () => {
    expect(() => applyJsonPatch({}, {})).toThrow(
      new ApiError({ ...bad, message: 'json: cannot unmarshal object into Go value of type jsonpatch.Patch' }),
    )
  })
})
const bad = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 400 } as const
