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
const invalid = (error: string) => `ListOptions.meta.k8s.io "" is invalid: ${error}`
const forbidden = (why: string) => invalid(`${match}: Forbidden: ${why}`)
const syntax = (text: string, parse: string) => `strconv.${parse}: parsing ${JSON.stringify(text)}: invalid syntax`

describe('options of lists', () => {
  it.each([
    ['', ''],
    ['limit=500&continue=abc', ''],
    [`resourceVersion=5&${match}=Exact`, ''],
    [`resourceVersion=0&${match}=NotOlderThan`, ''],
    [`${match}=Exact`, forbidden('resourceVersionMatch is forbidden unless resourceVersion is provided')],
    [`${match}=Exact&resourceVersion=5&continue=a`, forbidden('resourceVersionMatch is forbidden when continue is provided')],
    [`${match}=Newer&resourceVersion=5`, invalid(`${match}: Unsupported value: "Newer": supported values: "Exact", "NotOlderThan", ""`)],
    [`${match}=Exact&resourceVersion=0`, forbidden('resourceVersionMatch "exact" is forbidden for resourceVersion "0"')],
    ['sendInitialEvents=false', invalid('sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list')],
    ['limit=x', syntax('x', 'ParseInt')],
    ['timeoutSeconds=soon', syntax('soon', 'ParseInt')],
    ['resourceVersion=new', `invalid resource version: resourceVersion: Invalid value: "new": ${syntax('new', 'ParseUint')}`],
  ])('%j', (query, message) => {
    expect(said(query, false)).toBe(message)
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
    [`sendInitialEvents=true&${match}=NotOlderThan`, ''],
    [`sendInitialEvents=false&${match}=NotOlderThan`, ''],
    ['sendInitialEvents=true', forbidden('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')],
    [
      `${match}=NotOlderThan&resourceVersion=5`,
      forbidden('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'),
    ],
  ])('%j', (query, message) => {
    expect(said(query, true)).toBe(message)
  })

  it('begin with what there is unless they say from where', () => {
    const initial = (query: string) => listOptionsOf(new URLSearchParams(query), { watch: true }).sendInitialEvents
    expect([initial(''), initial('resourceVersion=0'), initial('resourceVersion=5')]).toEqual([true, true, undefined])
    expect(initial(`sendInitialEvents=false&${match}=NotOlderThan`)).toBe(false)
  })
})
