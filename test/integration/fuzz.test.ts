import { describe, expect, it } from '@jest/globals'
import { fuzz } from '../fuzz/fuzz.ts'

describe('every decoder', () => {
  it('answers nonsense with a Status, or ends the connection', async () => {
    const { inputs, decoders, failures, slowest } = await fuzz({ seed: 2026, count: 100 })
    console.log(`fuzzing: ${inputs} inputs to ${decoders} decoders, the slowest answered after ${slowest.toFixed(0)} ms`)
    expect(failures).toEqual([])
  }, 180_000)
})
