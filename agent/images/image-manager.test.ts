import { describe, expect, it } from '@jest/globals'
import { systemClock } from '../../common/clock.ts'
import type { SimulatedImage } from '../runtime/simulated-behaviour.ts'
import { SimulatedRuntime } from '../runtime/simulated-runtime.ts'
import { defaultImageSettings, ImageManager, type ImageRequest, type ImageSettings } from './image-manager.ts'
import type { PullSecret } from './keyring.ts'
import { PullRecords } from './pull-records.ts'

const login = { username: 'me', password: 'p' }
const secret = (name: string, auths: object): PullSecret => ({
  metadata: { uid: name, namespace: 'ns', name },
  type: 'kubernetes.io/dockerconfigjson',
  data: { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') },
})

/** A manager on a simulated runtime, with what it said of every pod. */
function manager(registry: Readonly<Record<string, SimulatedImage>>, settings: Partial<ImageSettings> = {}, images: string[] = []) {
  const runtime = new SimulatedRuntime({ registry, images })
  const all = new ImageManager({
    ...{ runtime, clock: systemClock, records: new PullRecords() },
    settings: { ...defaultImageSettings, backoffInitialMs: 40, backoffMaxMs: 100, ...settings },
  })
  const said: string[] = []
  const ensure = (image: string, request: Partial<ImageRequest> = {}) =>
    all.ensure({
      ...{ podUid: 'pod', image, pullPolicy: 'IfNotPresent', secrets: [] },
      record: (type, reason, message) => said.push(`${type} ${reason} ${message}`),
      ...request,
    })
  const pulls = () => runtime.calls.filter(call => call.startsWith('pullImage')).length
  return { runtime, ensure, said, pulls }
}

describe('ImageManager', () => {
  it('pulls once with IfNotPresent, every time with Always, and never with Never', async () => {
    const { ensure, said, pulls } = manager({ 'a:1': { pullMs: 20 } })
    await expect(ensure('a:1', { pullPolicy: 'Never' })).rejects.toMatchObject({ reason: 'ErrImageNeverPull' })
    await ensure('a:1')
    await ensure('a:1')
    await ensure('a:1', { pullPolicy: 'Never' })
    expect(pulls()).toBe(1)
    await ensure('a:1', { pullPolicy: 'Always' })
    expect(pulls()).toBe(2)
    expect(said.slice(0, 4)).toEqual([
      'Warning ErrImageNeverPull Container image "a:1" is not present with pull policy of Never',
      'Normal Pulling Pulling image "a:1"',
      expect.stringMatching(
        /^Normal Pulled Successfully pulled image "a:1" in \d+ms \(\d+ms including waiting\)\. Image size: 1000000 bytes\.$/,
      ),
      'Normal Pulled Container image "a:1" already present on machine and can be accessed by the pod',
    ])
  })

  it('asks the runtime once for pods that come together, and again for the next', async () => {
    const { ensure, said, runtime } = manager({}, {}, ['a:1'])
    const asked = () => runtime.calls.filter(call => call.startsWith('imageStatus')).length
    await Promise.all([ensure('a:1'), ensure('a:1'), ensure('a:1')])
    expect(asked()).toBe(1)
    expect(said).toHaveLength(3)
    await ensure('a:1')
    expect(asked()).toBe(2)
  })

  it('fails pulls that come too fast for the registry, and only those', async () => {
    const { ensure, said } = manager({ 'a:1': {}, 'b:1': {}, 'c:1': {} }, { pullRate: { qps: 0.001, burst: 2 } })
    await ensure('a:1')
    await ensure('b:1')
    await expect(ensure('c:1')).rejects.toMatchObject({ reason: 'ErrImagePull', message: 'pull QPS exceeded' })
    expect(said.at(-1)).toBe('Warning Failed Failed to pull image "c:1": pull QPS exceeded')
    await ensure('a:1')
  })

  it('refuses malformed names', async () => {
    const { ensure, said } = manager({})
    await expect(ensure('A:1')).rejects.toMatchObject({ reason: 'InvalidImageName' })
    expect(said).toEqual([expect.stringContaining('Warning InspectFailed Failed to apply default image tag "A:1"')])
  })

  it('says when an image cannot be looked at', async () => {
    const { runtime, ensure, said } = manager({})
    runtime.failNext('imageStatus', new Error('engine is down'))
    await expect(ensure('a:1')).rejects.toMatchObject({ reason: 'ImageInspectError' })
    expect(said).toEqual(['Warning InspectFailed Failed to inspect image "a:1": engine is down'])
  })

  it('backs off longer and longer, up to the limit, and keeps the reason', async () => {
    const { ensure, said } = manager({ 'no:1': { error: 'ImageNotFound' } })
    const delays: number[] = []
    for (let attempt = 0; attempt < 4; attempt++) {
      await expect(ensure('no:1')).rejects.toMatchObject({ reason: 'ErrImagePull' })
      const waiting = (await ensure('no:1').catch((error: unknown) => error)) as { reason: string; message: string; retryAfter: number }
      expect(waiting).toMatchObject({ reason: 'ImagePullBackOff' })
      expect(waiting.message).toMatch(/^Back-off pulling image "no:1": ErrImagePull: failed to pull and unpack image/)
      delays.push(waiting.retryAfter)
      await systemClock.sleep(waiting.retryAfter + 1)
    }
    expect(delays.map(delay => Math.ceil(delay / 40))).toEqual([1, 2, 3, 3])
    expect(said).toContain('Normal BackOff Back-off pulling image "no:1"')
  })

  it('uses the image at hand when no registry is in reach, and says so', async () => {
    const { ensure, said } = manager({ 'a:1': { error: 'RegistryUnavailable' } }, {}, ['a:1'])
    expect((await ensure('a:1', { pullPolicy: 'Always' })).tags).toEqual(['a:1'])
    expect(said.slice(1)).toEqual([
      expect.stringMatching(
        /^Warning Failed Failed to pull image "a:1": .*; its registry cannot be reached: the image on the machine is used$/,
      ),
      'Normal Pulled Container image "a:1" already present on machine and can be accessed by the pod',
    ])
  })

  it('fails without a registry where the node is strict, where there is no image, and on every answer of a registry', async () => {
    const strict = manager({ 'a:1': { error: 'RegistryUnavailable' } }, { unreachableRegistry: 'fail' }, ['a:1'])
    await expect(strict.ensure('a:1', { pullPolicy: 'Always' })).rejects.toMatchObject({ reason: 'ErrImagePull' })
    const absent = manager({ 'a:1': { error: 'RegistryUnavailable' } })
    await expect(absent.ensure('a:1', { pullPolicy: 'Always' })).rejects.toMatchObject({ reason: 'ErrImagePull' })
    for (const error of ['ImageNotFound', 'Unauthorized'] as const) {
      const answered = manager({ 'a:1': { error } }, {}, ['a:1'])
      await expect(answered.ensure('a:1', { pullPolicy: 'Always' })).rejects.toMatchObject({ reason: 'ErrImagePull' })
    }
  })

  it('tries one login after the other', async () => {
    const { ensure, pulls } = manager({ 'r.io/a:1': { login } })
    await expect(ensure('r.io/a:1')).rejects.toMatchObject({ reason: 'ErrImagePull' })
    const secrets = [secret('s', { 'r.io': { username: 'you', password: 'p' } }), secret('t', { 'r.io': login })]
    await ensure('r.io/a:1', { podUid: 'other', secrets })
    expect(pulls()).toBe(3)
  })

  it('lets a pod without the login neither use nor pull what another pod pulled with it', async () => {
    const { ensure, pulls } = manager({ 'r.io/a:1': { login } })
    const secrets = [secret('s', { 'r.io': login })]
    await ensure('r.io/a:1', { secrets })
    await ensure('r.io/a:1', { podUid: 'same login', secrets })
    expect(pulls()).toBe(1)
    await expect(ensure('r.io/a:1', { podUid: 'other' })).rejects.toMatchObject({ reason: 'ErrImagePull' })
    await expect(ensure('r.io/a:1', { podUid: 'third', pullPolicy: 'Never' })).rejects.toMatchObject({ reason: 'ErrImageNeverPull' })
  })

  it.each([
    [1, 1],
    [2, 2],
    [0, 4],
  ])('with a limit of %i pulls %i images at a time', async (parallelPulls, atOnce) => {
    const names = ['a:1', 'b:1', 'c:1', 'd:1']
    const { runtime, ensure } = manager(Object.fromEntries(names.map(name => [name, { pullMs: 50 }])), { parallelPulls })
    await Promise.all(names.map(name => ensure(name)))
    expect(runtime.images.mostAtOnce).toBe(atOnce)
  })

  it('gives up a pull that stands still, and lets one go on that moves', async () => {
    const registry = { 'silent:1': { pullMs: 5000, steps: 0 }, 'slow:1': { pullMs: 400, steps: 20 } }
    const { ensure } = manager(registry, { progressDeadlineMs: 150, parallelPulls: 0 })
    const slow = ensure('slow:1')
    await expect(ensure('silent:1')).rejects.toMatchObject({
      reason: 'ErrImagePull',
      message: 'Cancel pulling image "silent:1" because of no progress for 150ms, latest progress: "nothing downloaded yet"',
    })
    expect((await slow).tags).toEqual(['slow:1'])
  })

  it('does not count against the image that its pod was stopped', async () => {
    const { ensure, said } = manager({ 'slow:1': { pullMs: 5000 } })
    const stop = new AbortController()
    const pull = ensure('slow:1', { signal: stop.signal })
    setTimeout(() => stop.abort(new Error('stopped')), 20)
    await expect(pull).rejects.toThrow('stopped')
    expect(said).toEqual(['Normal Pulling Pulling image "slow:1"'])
  })
})
