import { describe, expect, it } from '@jest/globals'
import { systemClock } from '../../common/clock.ts'
import { PullRate } from './pull-rate.ts'

describe('the rate of pulls', () => {
  it('lets a burst begin, then so many a second, and saves up no more than a burst', () => {
    let milliseconds = 0
    const rate = new PullRate({ qps: 5, burst: 10 }, { ...systemClock, now: () => new Date(milliseconds) })
    const begin = (count: number) => Array.from({ length: count }, () => rate.tryAccept()).filter(accepted => accepted).length
    expect(begin(12)).toBe(10)
    milliseconds += 199
    expect(begin(2)).toBe(0)
    milliseconds += 1
    expect(begin(2)).toBe(1)
    milliseconds += 3_600_000
    expect(begin(12)).toBe(10)
  })

  it('has no limit of nothing a second', () => {
    const rate = new PullRate({ qps: 0, burst: 0 }, systemClock)
    expect([rate.tryAccept(), rate.tryAccept()]).toEqual([true, true])
  })
})
