import { describe, expect, it } from '@jest/globals'
import { podUsedBetween, usedBetween, type Point } from './points.ts'

const point = (time: number, cpuMs: number, startTime = 0): Point => ({ time, startTime, cpuNanoseconds: cpuMs * 1e6, memoryBytes: 4096 })

describe('usage between two looks', () => {
  it.each([
    ['the average of the time between', point(10_000, 100), point(20_000, 1_100), { windowMs: 10_000, nanocores: 100_000_000 }],
    ['nothing after one look', undefined, point(20_000, 100), undefined],
    ['nothing when nothing was measured anew', point(20_000, 100), point(20_000, 100), undefined],
    ['nothing when sums shrink', point(10_000, 100), point(20_000, 50), undefined],
    ['a new container from its start', undefined, point(30_000, 150, 15_000), { windowMs: 15_000, nanocores: 10_000_000 }],
    ['nothing of a container that is too new', undefined, point(30_000, 150, 25_000), undefined],
    [
      'a restarted container from its start',
      point(10_000, 900, 1_000),
      point(40_000, 100, 20_000),
      { windowMs: 20_000, nanocores: 5_000_000 },
    ],
  ])('is %s', (_, previous, last, used) => {
    const expected = used && { time: last.time, memoryBytes: 4096, ...used }
    expect(usedBetween(previous, last)).toEqual(expected)
  })

  it('is unknown for a pod as long as it is for one of its containers', () => {
    const previous = new Map([['a', point(0, 0)]])
    const both = new Map([
      ['a', point(10_000, 10)],
      ['b', point(10_000, 10)],
    ])
    expect(podUsedBetween(previous, both)).toBeUndefined()
    expect(podUsedBetween(previous, new Map([['a', point(10_000, 10)]]))?.get('a')?.nanocores).toBe(1_000_000)
    expect(podUsedBetween(undefined, new Map())).toBeUndefined()
  })
})
