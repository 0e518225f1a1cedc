import { describe, expect, it } from '@jest/globals'
import {
  countCommon,
  countRanges,
  firstMissing,
  formatRanges,
  includesIndex,
  mergeRanges,
  parseRanges,
  withIndexes,
} from './index-ranges.ts'

describe('ranges of indexes', () => {
  it.each([
    ['', 5, ''],
    ['0', 5, '0'],
    ['0,1', 5, '0,1'],
    ['0-1', 5, '0,1'],
    ['0-2,3,5', 9, '0-3,5'],
    ['1,3-9', 5, '1,3,4'],
    ['7-9', 5, ''],
    ['x,2,3-y', 5, '2'],
  ])('read %j below %i as %j', (text, completions, expected) => {
    expect(formatRanges(parseRanges(text, completions))).toBe(expected)
  })

  it('grow, are counted, and know what is missing', () => {
    const ranges = withIndexes(parseRanges('1-3,7', 10), [4, 0, 7])
    expect(formatRanges(ranges)).toBe('0-4,7')
    expect(countRanges(ranges)).toBe(6)
    expect([0, 4, 5, 7].map(index => includesIndex(ranges, index))).toEqual([true, true, false, true])
    expect(countCommon(ranges, parseRanges('3-8', 10))).toBe(3)
    expect(firstMissing(ranges, { count: 3, end: 10 })).toEqual([5, 6, 8])
    expect(firstMissing(ranges, { count: 9, end: 7 })).toEqual([5, 6])
    expect(formatRanges(mergeRanges([[0, 5]], [[2, 3]]))).toBe('0-5')
  })
})
