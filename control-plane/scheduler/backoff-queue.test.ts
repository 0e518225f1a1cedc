import { describe, expect, it } from '@jest/globals'
import type { QueuedPod } from './active-queue.ts'
import { BackoffQueue } from './backoff-queue.ts'

const pod = (key: string, { priority = 0, refusals = 1, errors = 0 }: Partial<QueuedPod> = {}): QueuedPod => ({
  key,
  priority,
  refusals,
  errors,
})
const queue = () => new BackoffQueue({ initial: 1000, longest: 10_000 })

describe('back-offs', () => {
  it.each([
    [1, 2000],
    [2, 3000],
    [3, 5000],
    [4, 9000],
    [5, 11_000],
    [50, 11_000],
  ])('of %i refusals end with the second in which their time ends', (refusals, end) => {
    const waiting = queue()
    waiting.add(pod('a', { refusals }), 300)
    expect(waiting.due).toBe(end)
    expect(waiting.takeDue(end - 1)).toEqual([])
    expect(waiting.takeDue(end).map(({ key }) => key)).toEqual(['a'])
    expect(waiting.due).toBe(Infinity)
  })

  it('end in the order of priorities within a second, refusals before errors', () => {
    const waiting = queue()
    waiting.add(pod('error', { errors: 1, priority: 9 }), 0)
    waiting.add(pod('low'), 0)
    waiting.add(pod('high', { priority: 9 }), 500)
    expect(waiting.takeDue(2000).map(({ key }) => key)).toEqual(['high', 'low', 'error'])
  })

  it('of refusals may be cut short, those of errors not', () => {
    const waiting = queue()
    waiting.add(pod('error', { errors: 1 }), 0)
    expect(waiting.hasRefused).toBe(false)
    waiting.add(pod('later', { refusals: 3 }), 0)
    waiting.add(pod('sooner'), 0)
    expect([waiting.hasRefused, waiting.takeRefused()?.key, waiting.takeRefused()?.key]).toEqual([true, 'sooner', 'later'])
    expect([waiting.hasRefused, waiting.takeRefused(), waiting.due]).toEqual([false, undefined, 2000])
  })

  it('are forgotten with their pod', () => {
    const waiting = queue()
    const gone = pod('a')
    waiting.add(gone, 0)
    waiting.remove(gone)
    expect([waiting.due, waiting.takeDue(1e9)]).toEqual([Infinity, []])
  })
})
