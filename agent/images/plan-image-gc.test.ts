import { describe, expect, it } from '@jest/globals'
import { bytesToFree, defaultImageGcPolicy as policy, outlived, removable } from './plan-image-gc.ts'

const use = (id: string, firstDetected: number, lastUsed: number) => ({ id, sizeBytes: 1, firstDetected, lastUsed })
const ids = (images: readonly { id: string }[]) => images.map(({ id }) => id).join()

describe('bytesToFree', () => {
  it.each([
    // available of 1000, bytes to free
    [1000, 0],
    [200, 0],
    [160, 0],
    [159, 41],
    [150, 50],
    [0, 200],
  ])('with %i of 1000 free: %i', (availableBytes, bytes) => {
    expect(bytesToFree({ capacityBytes: 1000, availableBytes }, policy)).toBe(bytes)
  })

  it('is never reached with a threshold above what can be full', () => {
    expect(bytesToFree({ capacityBytes: 1000, availableBytes: 1 }, { ...policy, highThresholdPercent: 101 })).toBe(0)
  })
})

describe('removable', () => {
  it('begins with what was used the longest ago, then with what was here first', () => {
    const images = [use('late', 0, 900), use('second', 20, 0), use('early', 0, 100), use('first', 10, 0)]
    expect(ids(removable(images, { ...policy, minAgeMs: 0 }, 1000))).toBe('first,second,early,late')
  })

  it('spares what has only just come', () => {
    expect(ids(removable([use('old', 0, 0), use('new', 881_000, 0), use('old enough', 880_000, 0)], policy, 1_000_000))).toBe(
      'old,old enough',
    )
  })
})

describe('outlived', () => {
  const aged = { ...policy, maxAgeMs: 100 }
  it('is nothing without a limit, and nothing before the agent has watched for that long', () => {
    expect(outlived([use('a', 0, 0)], policy, { now: 1e9, began: 0 })).toEqual([])
    expect(outlived([use('a', 0, 0)], aged, { now: 1000, began: 900 })).toEqual([])
  })

  it('is what nobody has used for too long', () => {
    const images = [use('used', 0, 950), use('unused', 0, 890), use('never', 0, 0), use('new', 950, 0)]
    expect(ids(outlived(images, aged, { now: 1000, began: 0 }))).toBe('never,unused')
  })
})
