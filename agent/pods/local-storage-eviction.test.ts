import { describe, expect, it } from '@jest/globals'
import type { Pod } from '../../api/core/pod.ts'
import { systemClock } from '../../common/clock.ts'
import { silentLogger } from '../../common/log.ts'
import { LocalStorageEviction } from './local-storage-eviction.ts'
import { PodEvents } from './pod-events.ts'
import type { TerminationRequest } from './pod-workers.ts'

const pod = (sizeLimit?: string): Pod =>
  ({
    metadata: { name: 'p', namespace: 'n', uid: 'u' },
    spec: { containers: [], volumes: [{ name: 'v', emptyDir: sizeLimit ? { sizeLimit } : {} }] },
    status: {},
  }) as unknown as Pod

function evictionOf(one: Pod) {
  const asked: { uid: string; request: TerminationRequest }[] = []
  const recorded: string[] = []
  const eviction = new LocalStorageEviction({
    volumes: { overLimit: async () => ({ volume: 'v', limit: '1Mi' }) },
    events: new PodEvents({ event: (_, { reason, message }) => void recorded.push(`${reason}: ${message}`) }),
    pods: () => [one],
    terminate: (uid, request) => asked.push({ uid, request }),
    clock: systemClock,
    log: silentLogger,
  })
  return { eviction, asked, recorded }
}

describe('local storage eviction', () => {
  it('evicts a pod whose emptyDir has outgrown its limit, once', async () => {
    const { eviction, asked, recorded } = evictionOf(pod('1Mi'))
    await eviction.check()
    await eviction.check()
    const message = 'Usage of EmptyDir volume "v" exceeds the limit "1Mi". '
    expect(asked).toEqual([{ uid: 'u', request: { graceSeconds: 1, failure: { reason: 'Evicted', message } } }])
    expect(recorded).toEqual([`Evicted: ${message}`])
  })

  it('does not look at pods without limits', async () => {
    const { eviction, asked } = evictionOf(pod())
    await eviction.check()
    expect(asked).toEqual([])
  })
})
