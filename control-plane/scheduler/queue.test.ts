import { describe, expect, it } from '@jest/globals'
import type { ClusterEvent } from './cluster-event.ts'
import { SchedulingQueue } from './queue.ts'

const event: ClusterEvent = { of: 'Node' }
const refusedBy = (...names: string[]) => new Set(names)

/** A queue with a clock of its own; only what `Fit` refused is helped by events. */
function queueAt(start: number) {
  const clock = { now: start, calls: 0 }
  const queue = new SchedulingQueue({
    ready: () => clock.calls++,
    helps: (_, names) => names.has('Fit'),
    now: () => clock.now,
  })
  const takeAll = () => {
    const keys: string[] = []
    for (let key = queue.take(); key !== undefined; key = queue.take()) keys.push(key)
    return keys
  }
  return { queue, clock, takeAll, [Symbol.dispose]: () => queue.stop() }
}

describe('the scheduling queue', () => {
  it('gives the most important pod first, the oldest among equals', () => {
    using at = queueAt(0)
    at.queue.add('low', 0)
    at.queue.add('first', 5)
    at.queue.add('second', 5)
    at.queue.add('negative', -1)
    expect(at.takeAll()).toEqual(['first', 'second', 'low', 'negative'])
  })

  it('lets a refused pod wait for what helps', () => {
    using at = queueAt(0)
    at.queue.add('a', 0)
    at.queue.take()
    at.queue.refused('a', refusedBy('Other'))
    at.queue.wake(event)
    expect(at.takeAll()).toEqual([])
    at.queue.add('b', 0)
    at.queue.take()
    at.queue.refused('b', refusedBy('Other', 'Fit'))
    at.queue.wake(event)
    expect(at.takeAll()).toEqual(['b'])
  })

  it('asks about the pod itself when only that has changed', () => {
    using at = queueAt(0)
    for (const key of ['a', 'b']) at.queue.add(key, 0)
    for (const key of at.takeAll()) at.queue.refused(key, refusedBy('Fit'))
    at.queue.changed('b', { of: 'OwnPod' })
    expect(at.takeAll()).toEqual(['b'])
  })

  it('lets a woken pod back off while others want to be tried, and then go before less important ones', () => {
    using at = queueAt(0)
    at.queue.add('a', 0)
    at.queue.take()
    at.queue.refused('a', refusedBy('Fit'))
    for (const key of ['busy', 'busier']) at.queue.add(key, -1)
    at.queue.wake(event)
    expect(at.queue.take()).toBe('busy')
    at.queue.refused('busy', refusedBy('Other'))
    at.clock.now = 2000
    at.queue.wake(event)
    expect(at.takeAll()).toEqual(['a', 'busier'])
  })

  it('tries a pod again after five minutes whatever happens', () => {
    using at = queueAt(0)
    at.queue.add('a', 0)
    at.queue.take()
    at.queue.refused('a', refusedBy('Other'))
    at.clock.now = 299_999
    at.queue.wake(event)
    expect(at.takeAll()).toEqual([])
    at.clock.now = 300_000
    at.queue.wake(event)
    expect(at.takeAll()).toEqual(['a'])
  })

  it('waits after an error even when nobody else wants to be tried', () => {
    using at = queueAt(0)
    at.queue.add('a', 0)
    at.queue.take()
    at.queue.failed('a')
    at.queue.wake(event)
    expect(at.takeAll()).toEqual([])
  })

  it('does not give gated pods, until they are added without gates', () => {
    using at = queueAt(0)
    at.queue.add('a', 0, { gated: true })
    expect([at.queue.has('a'), at.takeAll(), at.clock.calls]).toEqual([true, [], 0])
    at.queue.add('a', 0)
    expect([at.takeAll(), at.clock.calls]).toEqual([['a'], 1])
  })

  it('forgets what is removed, wherever it waits', () => {
    using at = queueAt(0)
    for (const key of ['active', 'waiting', 'failed', 'gated']) at.queue.add(key, 0, { gated: key === 'gated' })
    for (const key of at.takeAll()) {
      if (key === 'waiting') at.queue.refused(key, refusedBy('Fit'))
      if (key === 'failed') at.queue.failed(key)
      if (key === 'active') at.queue.add(key, 0)
    }
    for (const key of ['active', 'waiting', 'failed', 'gated']) at.queue.remove(key)
    at.clock.now = 400_000
    at.queue.wake(event)
    expect(at.takeAll()).toEqual([])
  })
})
