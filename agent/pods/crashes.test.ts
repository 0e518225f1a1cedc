import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from '@jest/globals'
import { Pod } from '../../api/core/pod.ts'
import type { Behaviour } from '../runtime/simulated-behaviour.ts'
import { SimulatedRuntime } from '../runtime/simulated-runtime.ts'
import { crashingRuntime, type Crash } from '../testing/crashing-runtime.ts'
import type { FakeApi } from '../testing/fake-api.ts'
import { boundPod, scenarioApi, scenarioKubelet } from '../testing/scenario.ts'

const spec = {
  terminationGracePeriodSeconds: 1,
  initContainers: [{ name: 'first', image: 'busybox:1.36', resources: {} }],
  containers: ['main', 'helper'].map(name => ({
    name,
    image: 'busybox:1.36',
    resources: {},
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  })),
  volumes: [{ name: 'data', emptyDir: {} }],
}
const behaviours: Record<string, Behaviour> = { first: { exit: { code: 0, afterMs: 1 } } }
const timings = { relistMs: 40, resyncMs: 100, housekeepingMs: 100, restartBackoffInitialMs: 5, restartBackoffMaxMs: 10 }

/** The API as a dead agent sees it: nothing of what it still says arrives. */
function mortal(api: FakeApi): { client: object; die: () => void } {
  let dead = false
  const client = new Proxy(api, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name)
      if (typeof found !== 'function') return found
      return (...args: unknown[]): unknown => (dead ? new Promise<never>(() => undefined) : Reflect.apply(found, target, args))
    },
  })
  return { client, die: () => (dead = true) }
}

async function eventually<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const found = look()
    if (found) return found
    if (Date.now() > deadline) throw new Error(`${what} never came about`)
    await delay(5)
  }
}

/** A pod's whole life, with an agent that dies at one call and another that takes over. Returns the changing calls it took. */
async function live(crash: Crash): Promise<readonly string[]> {
  const api = scenarioApi()
  const real = new SimulatedRuntime({ images: ['busybox:1.36'], script: ({ name }) => behaviours[name] })
  const [first, second] = [new AbortController(), new AbortController()]
  const { client, die } = mortal(api)
  let successor: Promise<void> | undefined
  const { runtime, calls } = crashingRuntime(real, crash, () => {
    die()
    first.abort()
    successor = scenarioKubelet(api, real, { timings }).run(second.signal)
  })
  const predecessor = scenarioKubelet(client, runtime, { timings }).run(first.signal)
  api.put(Pod, boundPod('pod', spec))
  const isReady = () => api.pod('pod')?.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
  await eventually('readiness', isReady)
  await eventually('one of each', () => real.containersOf('pod').filter(({ running }) => running).length === 2)
  const restarts = api.pod('pod')?.status.containerStatuses?.map(({ name, restartCount }) => `${name} ${restartCount}`)
  expect(restarts?.sort()).toEqual(['helper 0', 'main 0'])
  expect((await real.listPods())[0]?.sandboxes.filter(({ state }) => state === 'ready')).toHaveLength(1)
  api.deleteGracefully('pod', new Date().toISOString())
  await eventually('the end of the deletion', () => api.pod('pod') === undefined)
  // A call that a dying agent had under way may still have its effect: the next clearing takes it away.
  for (let left = 100; left > 0 && (await real.listPods()).length + (await real.listVolumes()).length > 0; left--) await delay(20)
  expect(await real.listPods()).toEqual([])
  expect(await real.listVolumes()).toEqual([])
  for (const stop of [first, second]) stop.abort()
  await (successor ?? predecessor)
  return calls
}

it('brings every pod up and away again, at whichever call of the runtime the agent is killed', async () => {
  const calls = await live({ at: Infinity, when: 'before' })
  expect(calls).toEqual(
    expect.arrayContaining(['createSandbox', 'startSandbox', 'createContainer', 'startContainer', 'stopContainer', 'removeVolume']),
  )
  const crashes = calls.flatMap((_, at) => [{ at, when: 'before' } as const, { at, when: 'after' } as const])
  const failures: string[] = []
  for (let begin = 0; begin < crashes.length; begin += 8) {
    const some = crashes.slice(begin, begin + 8).map(async crash => {
      try {
        await live(crash)
      } catch (error) {
        failures.push(`${crash.when} call ${crash.at} (${calls[crash.at]}): ${String(error)}`)
      }
    })
    await Promise.all(some)
  }
  expect(failures).toEqual([])
}, 180_000)
