import { describe, expect, it } from '@jest/globals'
import { boundPod } from '../testing/scenario.ts'
import { MountError } from '../volumes/mount-error.ts'
import { PodEvents } from './pod-events.ts'
import { VolumeMounter } from './volume-mounter.ts'

const pod = boundPod('p', { containers: [] })
const failure = { volume: 'v', message: 'MountVolume.SetUp failed for volume "v" : configmap "c" not found' }

/** A mounter whose volume cannot be set up until `works`. */
function start() {
  let now = 0
  const state = { works: false }
  const events: string[] = []
  const attempt = async () => {
    if (!state.works) throw new MountError([failure])
    return { volumes: [] }
  }
  const mounter = new VolumeMounter({
    volumes: { collect: attempt, refresh: async () => void (await attempt()), setUp: async () => undefined, sources: () => new Map() },
    events: new PodEvents({ event: (_, { message }) => void events.push(message) }),
    clock: { now: () => new Date(now), sleep: async () => undefined },
  })
  return { state, events, mounter, pass: (ms: number) => void (now += ms) }
}

describe('VolumeMounter', () => {
  it('waits half a second after a failure, then twice as long each time, up to two minutes', async () => {
    const { mounter, pass } = start()
    const waits: number[] = []
    for (let attempt = 0; attempt < 10; attempt++) {
      await expect(mounter.mount(pod, [])).rejects.toThrow(failure.message)
      waits.push(mounter.remaining(pod))
      pass(mounter.remaining(pod))
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 122_000, 122_000])
  })

  it('tries at once when what is missing has come', async () => {
    const { mounter, state } = start()
    await expect(mounter.mount(pod, [])).rejects.toThrow()
    mounter.changed(pod.metadata.uid)
    expect(mounter.remaining(pod)).toBe(0)
    state.works = true
    await mounter.mount(pod, [])
    expect(mounter.isMounted(pod)).toBe(true)
  })

  it('says after two minutes what it waits for', async () => {
    const { mounter, events, pass } = start()
    for (const wait of [0, 122_000, 1000]) {
      pass(wait)
      await expect(mounter.mount(pod, [])).rejects.toThrow()
    }
    expect(events).toEqual([
      ...Array.from({ length: 3 }, () => failure.message),
      'Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[], failed to process volumes=[]: context deadline exceeded',
    ])
  })

  it('does not bother a running pod’s volumes while they are left alone', async () => {
    const { mounter, events } = start()
    await expect(mounter.refresh(pod)).rejects.toThrow()
    await mounter.refresh(pod)
    expect(events).toHaveLength(1)
  })
})
