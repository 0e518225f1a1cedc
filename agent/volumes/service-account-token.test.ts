import { describe, expect, it } from '@jest/globals'
import type { Client } from '../../client/client.ts'
import { boundPod } from '../testing/scenario.ts'
import { TokenSource } from './service-account-token.ts'

const pod = boundPod('p', { containers: [] })

/** A token source on a clock that is set, whose tokens are numbered. */
function start(lifeSeconds: number) {
  let now = Date.parse('2026-01-01T00:00:00Z')
  let issued = 0
  const state = { fails: false }
  const client = {
    post: async () => {
      if (state.fails) throw new Error('no API server')
      return { status: { token: `token-${++issued}`, expirationTimestamp: new Date(now + lifeSeconds * 1000).toISOString() } }
    },
  } as unknown as Pick<Client, 'post'>
  const tokens = new TokenSource(client, { now: () => new Date(now), sleep: async () => undefined })
  return { state, pass: (seconds: number) => void (now += seconds * 1000), get: () => tokens.get(pod, { expirationSeconds: lifeSeconds }) }
}

describe('tokens of service accounts', () => {
  it.each([
    ['ten minutes', 600, 480],
    ['an hour', 3600, 2880],
    ['ten days, which are too many', 864_000, 86_400],
  ])('are asked for anew when 80 %% of their life, or a day, has passed: %s', async (_, life, due) => {
    const s = start(life)
    expect(await s.get()).toBe('token-1')
    s.pass(due - 1)
    expect(await s.get()).toBe('token-1')
    s.pass(1)
    expect(await s.get()).toBe('token-2')
  })

  it('serve as long as they are valid when no new one is to be had', async () => {
    const s = start(600)
    await s.get()
    s.state.fails = true
    s.pass(500)
    expect(await s.get()).toBe('token-1')
    expect(await s.get()).toBe('token-1')
    s.pass(200)
    await expect(s.get()).rejects.toThrow('expired and refresh failed: no API server')
    s.state.fails = false
    expect(await s.get()).toBe('token-2')
  })

  it('are missing with upstream’s words when the first cannot be had', async () => {
    const s = start(600)
    s.state.fails = true
    await expect(s.get()).rejects.toThrow('failed to fetch token: no API server')
  })
})
