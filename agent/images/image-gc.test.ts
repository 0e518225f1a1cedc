import { describe, expect, it } from '@jest/globals'
import { silentLogger } from '../../common/log.ts'
import { SimulatedRuntime } from '../runtime/simulated-runtime.ts'
import { ImageGc } from './image-gc.ts'
import { defaultImageGcPolicy, type ImageGcPolicy } from './plan-image-gc.ts'
import { PullRecords } from './pull-records.ts'

const pod = { uid: 'u', name: 'p', namespace: 'ns' }

/** A disk of 1000 bytes on which images of 100 bytes lie, and a clock that stands until it is set. */
async function disk(policy: Partial<ImageGcPolicy> = {}, before: string[] = []) {
  const names = ['old:1', 'new:1', 'third:1', 'users:1']
  const registry = Object.fromEntries(names.map(name => [name, { sizeBytes: 100 }]))
  const runtime = new SimulatedRuntime({ registry, images: before, disk: { capacityBytes: 1000, otherBytes: 600 } })
  const records = new PullRecords()
  const warnings: string[] = []
  let time = 1_000_000
  const gc = new ImageGc({
    ...{ runtime, records, log: silentLogger },
    policy: { ...defaultImageGcPolicy, minAgeMs: 0, ...policy },
    clock: { now: () => new Date(time), sleep: () => new Promise(resolve => setTimeout(resolve, 1)) },
    warn: (reason, message) => warnings.push(`${reason} ${message}`),
  })
  await gc.collect()
  return {
    ...{ runtime, gc, warnings },
    async pull(image: string) {
      time += 1000
      const brought = (await runtime.imageStatus(image)) === undefined
      await records.pulled(image, { id: await runtime.pullImage(image), brought, credentials: undefined })
      if (runtime.images.fsInfo().availableBytes > 150) await gc.collect()
    },
    pass: (milliseconds: number) => (time += milliseconds),
    async use(image: string) {
      const sandboxId = await runtime.createSandbox({
        ...{ pod, attempt: 0, hostname: 'p', network: 'pod', dns: { servers: [], searches: [], options: [] } },
      })
      return runtime.createContainer({
        ...{ pod, sandboxId, name: image.replace(/\W/g, '-'), attempt: 0, kind: 'app', image },
        ...{ env: [], mounts: [], resources: {}, security: {} },
      })
    },
    images: async () => (await runtime.listImages()).flatMap(({ tags }) => tags).sort(),
  }
}

describe('ImageGc', () => {
  it('removes nothing while there is space', async () => {
    const { pull, gc, images } = await disk()
    await pull('old:1')
    await gc.collect()
    expect(await images()).toEqual(['old:1'])
  })

  it('removes what was here first, and no more than it has to', async () => {
    const { pull, gc, images, pass } = await disk({ minAgeMs: 120_000 })
    for (const image of ['old:1', 'new:1', 'third:1']) await pull(image)
    await expect(gc.collect()).rejects.toThrow(
      'Failed to garbage collect required amount of images. Attempted to free 100 bytes, but only found 0 bytes eligible to free.',
    )
    pass(120_000)
    await gc.collect()
    expect(await images()).toEqual(['new:1', 'third:1'])
  })

  it('never removes what is in use, nor what was on the machine before, nor what has got another name', async () => {
    const { runtime, pull, use, gc, images, warnings } = await disk({}, ['users:1'])
    await pull('old:1')
    await pull('users:1')
    await pull('new:1')
    await use('old:1')
    runtime.images.tag('new:1', 'my-own:1')
    await expect(gc.collect()).rejects.toThrow('Attempted to free 100 bytes, but only found 0 bytes')
    expect(warnings).toEqual([expect.stringMatching(/^FreeDiskSpaceFailed Failed to garbage collect required amount of images\./)])
    expect(await images()).toEqual(['my-own:1', 'new:1', 'old:1', 'users:1'])
  })

  it('takes a used image after the unused ones, once nobody uses it any more', async () => {
    const { runtime, pull, use, gc, images } = await disk()
    await pull('old:1')
    const id = await use('old:1')
    await pull('new:1')
    await runtime.removeContainer(id)
    await pull('third:1')
    await gc.collect()
    expect(await images()).toEqual(['old:1', 'third:1'])
  })

  it('removes what nobody has used for too long, though there is space', async () => {
    const { pull, gc, images, pass } = await disk({ maxAgeMs: 60_000 })
    await pull('old:1')
    await gc.collect()
    pass(60_001)
    await pull('new:1')
    expect(await images()).toEqual(['new:1'])
  })

  it('says only a repeated failure in an event', async () => {
    const { runtime, gc, warnings } = await disk()
    const stop = new AbortController()
    for (let attempt = 0; attempt < 2; attempt++) runtime.failNext('imageFsInfo', new Error('no disk'))
    const running = gc.run(stop.signal)
    while (warnings.length === 0) await new Promise(resolve => setTimeout(resolve, 1))
    stop.abort()
    await running
    expect(warnings).toEqual(['ImageGCFailed no disk'])
  })
})
