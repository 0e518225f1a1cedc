import { describe, expect, it } from '@jest/globals'
import { goDuration, parseGoDuration } from './go-duration.ts'

describe('durations as Go writes them', () => {
  it.each([
    ['0', 0],
    ['250ms', 250],
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['5m0s', 300_000],
    ['1.5h', 5_400_000],
  ])('%s is read', (text, milliseconds) => {
    expect(parseGoDuration(text)).toBe(milliseconds)
  })
  it.each(['', '5', '-1s', '1d', 's', '1s2'])('%p is none', text => {
    expect(parseGoDuration(text)).toBeUndefined()
  })
  it('reads what it writes', () => {
    for (const milliseconds of [0, 1, 999, 1000, 61_500, 3_600_000]) expect(parseGoDuration(goDuration(milliseconds))).toBe(milliseconds)
  })
})
