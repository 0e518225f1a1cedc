import { describe, expect, it } from '@jest/globals'
import { fuzz, targets } from '../fuzz/fuzz.ts'

describe('every decoder', () => {
  it('answers nonsense with a Status', async () => {
    const { inputs, failures, slowest } = await fuzz({ seed: 20_26, count: 150 })
    console.log(`fuzzing: ${inputs} inputs to ${Object.keys(targets).length + 1} decoders, the slowest after ${slowest.toFixed(0)} ms`)
    expect(failures).toEqual([])
  }, 180_000)
})
