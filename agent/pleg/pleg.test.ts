import { describe, expect, it } from '@jest/globals'
import { systemClock } from '../../common/clock.ts'
import { silentLogger } from '../../common/log.ts'
import type { ObservedContainer, ObservedPod } from '../runtime/runtime.ts'
import { Pleg } from './pleg.ts'
import { PodCache } from './pod-cache.ts'

const identity = { uid: 'u', name: 'p', namespace: 'n' }
const container: ObservedContainer = {
  id: 'c-0',
  name: 'c',
  attempt: 0,
  kind: 'app',
  sandboxId: 's',
  state: 'running',
  createdAt: '2026-01-01T00:00:00Z',
  image: '',
  imageId: '',
  annotations: {},
}
const pod: ObservedPod = { identity, sandboxes: [], containers: [container] }
const never = async function* () {}

function plegOn(runtime: Partial<ConstructorParameters<typeof Pleg>[0]['runtime']>) {
  const cache = new PodCache()
  const changed: string[] = []
  const pleg = new Pleg({
    runtime: { listPods: async () => [pod], inspectPod: async () => pod, events: never, ...runtime },
    cache,
    clock: systemClock,
    log: silentLogger,
    onChange: uid => changed.push(uid),
  })
  return { pleg, cache, changed }
}

describe('Pleg', () => {
  it('never takes a pod that it lists but has not looked at yet for one without containers', async () => {
    const looked: (ObservedPod | undefined)[] = []
    const { pleg, cache } = plegOn({
      inspectPod: async () => {
        looked.push(cache.get(identity, -Infinity))
        return pod
      },
    })
    await pleg.relist()
    expect(looked).toEqual([undefined])
    expect(cache.get(identity, -Infinity)).toEqual(pod)
  })

  it('knows of pods that are not listed that they have nothing', async () => {
    const { pleg, cache } = plegOn({})
    await pleg.relist()
    expect(cache.get({ ...identity, uid: 'other' }, -Infinity)?.containers).toEqual([])
  })

  it('reports a container that was started again when it looks at everything', async () => {
    const seen = [pod, { ...pod, containers: [{ ...container, startedAt: '2026-01-02T00:00:00Z', restarted: true }] }]
    const { pleg, changed } = plegOn({ inspectPod: async () => seen.shift() ?? pod })
    await pleg.relist()
    await pleg.relist()
    expect(changed).toEqual(['u'])
    await pleg.relist({ everyone: true })
    expect(changed).toEqual(['u', 'u'])
  })
})
