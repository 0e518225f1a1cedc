import { describe, expect, it } from '@jest/globals'
import { ageOf, humanDuration, microTimestamp, timestamp } from './time.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

describe('humanDuration', () => {
  it.each([
    [-5 * second, '<invalid>'],
    [-1 * second, '0s'],
    [0, '0s'],
    [119 * second, '119s'],
    [2 * minute, '2m'],
    [2 * minute + 5 * second, '2m5s'],
    [9 * minute + 59 * second, '9m59s'],
    [10 * minute + 5 * second, '10m'],
    [179 * minute, '179m'],
    [3 * hour, '3h'],
    [3 * hour + 20 * minute, '3h20m'],
    [8 * hour + 20 * minute, '8h'],
    [47 * hour, '47h'],
    [2 * day, '2d'],
    [2 * day + hour, '2d1h'],
    [8 * day + hour, '8d'],
    [2 * 365 * day, '2y'],
    [2 * 365 * day + 20 * day, '2y20d'],
    [9 * 365 * day + 20 * day, '9y'],
  ])('prints %d as %s', (milliseconds, expected) => {
    expect(humanDuration(milliseconds)).toBe(expected)
  })
})

describe('timestamps', () => {
  const now = new Date('2026-01-01T00:01:00.250Z')

  it('are written as the API writes them', () => {
    expect(timestamp(now)).toBe('2026-01-01T00:01:00Z')
    expect(microTimestamp(now)).toBe('2026-01-01T00:01:00.250000Z')
  })

  it('have an age', () => {
    expect(ageOf('2026-01-01T00:00:00Z', now)).toBe('60s')
    expect(ageOf(undefined, now)).toBe('<unknown>')
  })
})
