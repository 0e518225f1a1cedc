import { describe, expect, it } from '@jest/globals'
import { ApiError } from '../../../api/errors.ts'
import { listOptionsOf } from './list-options.ts'

function said(query: string, watch: boolean): string {
  try {
    listOptionsOf(new URLSearchParams(query), { watch })
    return ''
  } catch (error) {
    if (error instanceof ApiError) return error.message
    throw error
  }
}
const match = 'resourceVersionMatch'

describe('options of lists', () => {
  it.each([
    ['', ''],
    ['limit=500&continue=abc', ''],
    ['resourceVersion=5&resourceVersionMatch=Exact', ''],
    ['resourceVersion=0&resourceVersionMatch=NotOlderThan', ''],
    [`${match}=Exact`, `${match}: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided`],
    [`${match}=Exact&resourceVersion=5&continue=a`, `${match}: Forbidden: resourceVersionMatch is forbidden when continue is provided`],
    [`${match}=Newer&resourceVersion=5`, `${match}: Unsupported value: "Newer": supported values: "Exact", "NotOlderThan", ""`],
    [`${match}=Exact&resourceVersion=0`, `${match}: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"`],
    ['sendInitialEvents=false', 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list'],
    ['limit=x', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['timeoutSeconds=soon', 'strconv.ParseInt: parsing "soon": invalid syntax'],
    [
      'resourceVersion=new',
      'invalid resource version: resourceVersion: Invalid value: "new": strconv.ParseUint: parsing "new": invalid syntax',
    ],
  ])('%s', (query, message) => {
    expect(said(query, false)).toBe(
      message.includes(': ') && !/^(strconv|invalid)/.test(message) ? `ListOptions.meta.k8s.io "" is invalid: ${message}` : message,
    )
  })

  it('say everything that is wrong', () => {
    expect(said(`${match}=Newer&continue=a`, false)).toMatch(
      /: \[.*unless resourceVersion is provided, .*when continue is provided, .*Unsupported value: "Newer".*\]$/,
    )
  })
})

describe('options of watches', () => {
  it.each([
    ['', ''],
    ['resourceVersion=5', ''],
    ['sendInitialEvents=true&resourceVersionMatch=NotOlderThan', ''],
    ['sendInitialEvents=false&resourceVersionMatch=NotOlderThan', ''],
    ['sendInitialEvents=true', `${match}: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan`],
    [
      `${match}=NotOlderThan&resourceVersion=5`,
      `${match}: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided`,
    ],
  ])('%s', (query, message) => {
    expect(said(query, true)).toBe(message && `ListOptions.meta.k8s.io "" is invalid: ${message}`)
  })

  it('begin with what there is unless they say from where', () => {
    const initial = (query: string) => listOptionsOf(new URLSearchParams(query), { watch: true }).sendInitialEvents
    expect([initial(''), initial('resourceVersion=0'), initial('resourceVersion=5')]).toEqual([true, true, undefined])
    expect(initial('sendInitialEvents=false&resourceVersionMatch=NotOlderThan')).toBe(false)
  })
})
