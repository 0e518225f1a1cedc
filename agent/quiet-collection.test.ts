import { describe, expect, it } from '@jest/globals'
import { isWorthwhile, QuietCollection } from './quiet-collection.ts'

const MB = 1_000_000

describe('isWorthwhile', () => {
  it.each([
    ['little has gathered', { now: 20 * MB, before: 20 * MB, afterLast: 18 * MB }, false],
    ['a lot has gathered, and nothing is added', { now: 24 * MB, before: 24 * MB, afterLast: 18 * MB }, true],
    ['a lot has gathered, and more is coming', { now: 24 * MB, before: 21 * MB, afterLast: 18 * MB }, false],
    ['a lot has gathered, and V8 has just taken some of it', { now: 24 * MB, before: 26 * MB, afterLast: 18 * MB }, true],
  ])('when %s', (_, used, expected) => {
    expect(isWorthwhile(used)).toBe(expected)
  })
})

describe('QuietCollection', () => {
  it('collects what a burst has left, once, when it is over', async () => {
    const stop = new AbortController()
    // What is used at each look; a collection leaves 20 MB.
    const looks = [20, 26, 33, 33.5, 20.5, 21, 20.5]
    const collections: number[] = []
    let [look, used] = [0, 20]
    const collection = new QuietCollection({
      collect: () => {
        collections.push(used)
        used = 20
      },
      used: () => used * MB,
      clock: {
        async sleep() {
          const next = looks[look++]
          if (next === undefined) stop.abort()
          else used = next
        },
      },
    })
    await collection.run(stop.signal)
    // The start's own, and the burst's.
    expect(collections).toEqual([20, 33.5])
  })
})
