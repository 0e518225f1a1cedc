import { once } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import { runAll, type Runnable } from './run.ts'

describe('runAll', () => {
  it('stops the others when one fails, and reports the failure', async () => {
    let stopped = false
    const patient: Runnable = {
      async run(signal) {
        await once(signal, 'abort')
        stopped = true
      },
    }
    const broken: Runnable = {
      async run() {
        throw new Error('cannot bind port')
      },
    }
    await expect(runAll([patient, broken], new AbortController().signal)).rejects.toThrow('cannot bind port')
    expect(stopped).toBe(true)
  })

  it('returns once every component has returned after the signal', async () => {
    const stop = new AbortController()
    const patient: Runnable = {
      async run(signal) {
        await once(signal, 'abort')
      },
    }
    const done = runAll([patient, patient], stop.signal)
    stop.abort()
    await done
  })

  it('waits no longer than it was told for those that do not stop', async () => {
    const stop = new AbortController()
    const stubborn: Runnable = { run: () => new Promise(() => undefined) }
    const broken: Runnable = { run: () => Promise.reject(new Error('unplugged')) }
    await expect(runAll([stubborn, broken], stop.signal, { graceMs: 10 })).rejects.toThrow('unplugged')
    const done = runAll([stubborn], stop.signal, { graceMs: 10 })
    stop.abort()
    await done
    await runAll([stubborn], stop.signal, { graceMs: 10 })
  })
})
