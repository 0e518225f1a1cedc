import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { WorkQueue, type Handler, type WorkQueueOptions } from './work-queue.ts'

function startQueue(handler: Handler, options?: WorkQueueOptions) {
  const stop = new AbortController()
  const queue = new WorkQueue(handler, options)
  const done = queue.run(stop.signal)
  return {
    queue,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }
}

/** Waits for what has to happen, however slow the machine is. */
async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition() && waited < 5000; waited += 5) await sleep(5)
}

describe('WorkQueue', () => {
  it('handles a key once however often it was added before its turn', async () => {
    const handled: string[] = []
    await using q = startQueue(async key => {
      handled.push(key)
    })
    q.queue.add('a')
    q.queue.add('a')
    q.queue.add('b')
    await until(() => handled.length >= 2)
    expect(handled).toEqual(['a', 'b'])
  })

  it('never handles one key in two workers', async () => {
    let inFlight = 0
    let most = 0
    await using q = startQueue(
      async () => {
        most = Math.max(most, ++inFlight)
        await sleep(2)
        inFlight--
      },
      { workers: 4 },
    )
    for (let i = 0; i < 20; i++) {
      q.queue.add('a')
      await sleep(1)
    }
    await sleep(10)
    expect(most).toBe(1)
  })

  it('handles a key once more when it is added while being handled', async () => {
    let runs = 0
    await using q = startQueue(async () => {
      runs++
      await sleep(5)
    })
    q.queue.add('a')
    await sleep(1)
    q.queue.add('a')
    q.queue.add('a')
    await until(() => runs >= 2)
    await sleep(20)
    expect(runs).toBe(2)
  })

  it('retries a failing key with growing delays, and forgets the failures on success', async () => {
    const delays: number[] = []
    let attempts = 0
    await using q = startQueue(
      async () => {
        if (++attempts < 4) throw new Error('not yet')
      },
      {
        backoff: failures => {
          delays.push(failures)
          return failures
        },
      },
    )
    q.queue.add('a')
    await until(() => attempts === 4)
    expect(attempts).toBe(4)
    expect(delays).toEqual([1, 2, 3])
  })

  it('comes back when the handler asks for it', async () => {
    let runs = 0
    await using q = startQueue(async () => (++runs < 3 ? 1 : undefined))
    q.queue.add('a')
    await until(() => runs === 3)
    expect(runs).toBe(3)
  })
})
