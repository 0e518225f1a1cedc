import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { FanOut } from './fan-out.ts'

const busyFor = (milliseconds: number): void => {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

describe('FanOut', () => {
  it('gives everybody one turn for all that came until then, in order, in this turn of the event loop', async () => {
    const fanOut = new FanOut()
    const turns: string[] = []
    const [first, second] = ['first', 'second'].map(name => ({ flush: () => void turns.push(name) }))
    if (!first || !second) throw new Error('two were made')
    for (const sender of [first, second, first]) fanOut.later(sender)
    expect(turns).toEqual([])
    await new Promise<void>(resolve => process.nextTick(resolve))
    expect(turns).toEqual(['first', 'second'])
    fanOut.later(second)
    await nextTurn()
    expect(turns).toEqual(['first', 'second', 'second'])
  })

  it('lets others have their turn in between, and forgets nobody who comes meanwhile', async () => {
    const fanOut = new FanOut()
    const turns: number[] = []
    const late = { flush: () => void turns.push(-1) }
    for (let index = 0; index < 10; index++) {
      const flush = () => {
        busyFor(6)
        turns.push(index)
      }
      fanOut.later({ flush })
    }
    await nextTurn()
    expect(turns.length).toBeLessThan(10)
    fanOut.later(late)
    while (turns.length < 11) await nextTurn()
    expect(turns).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1])
  })
})
