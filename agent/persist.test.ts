import { describe, expect, it } from '@jest/globals'
import { systemClock } from '../common/clock.ts'
import { persist } from './persist.ts'

const refused = new Error('connect ECONNREFUSED')

describe('persist', () => {
  it('tries again until it succeeds, with pauses that grow', async () => {
    const pauses: number[] = []
    const clock = { ...systemClock, sleep: async (milliseconds: number) => void pauses.push(milliseconds) }
    const failures: unknown[] = []
    const answer = await persist(
      async () => {
        if (pauses.length < 8) throw refused
        return 'registered'
      },
      { clock, signal: new AbortController().signal, failed: error => failures.push(error) },
    )
    expect(answer).toBe('registered')
    expect(failures).toHaveLength(8)
    expect(pauses[0]).toBeLessThanOrEqual(100)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1000)
  })

  it('ends when it is told to stop', async () => {
    const stop = new AbortController()
    const trying = persist(() => Promise.reject(refused), { clock: systemClock, signal: stop.signal, failed: () => stop.abort() })
    await expect(trying).rejects.toMatchObject({ name: 'AbortError' })
  })
})
