import { describe, expect, it } from '@jest/globals'
import { describeRuntime, programs } from './runtime.contract.ts'
import { SimulatedRuntime } from './simulated-runtime.ts'

const script = new SimulatedRuntime({
  images: ['busybox'],
  script: ({ command }) => Object.values(programs).find(program => program.command.join() === command?.join())?.behaviour,
})
describeRuntime('SimulatedRuntime', () => ({
  runtime: script,
  image: 'busybox',
  spareImage: async () => {
    await script.pullImage('spare:1')
    return 'spare:1'
  },
}))

describe('SimulatedRuntime scripts', () => {
  it('pulls as slowly and as badly as the registry is said to be', async () => {
    const runtime = new SimulatedRuntime({ registry: { 'nope:1': { error: 'ImageNotFound' }, 'slow:1': { pullMs: 20 } } })
    await expect(runtime.pullImage('nope:1')).rejects.toMatchObject({ reason: 'ImageNotFound' })
    const id = await runtime.pullImage('slow:1')
    expect((await runtime.imageStatus('slow:1'))?.id).toBe(id)
    await expect(runtime.pullImage('Not An Image')).rejects.toMatchObject({ reason: 'InvalidImageName' })
  })

  it('fails the next call when told to, once', async () => {
    const runtime = new SimulatedRuntime()
    runtime.failNext('listPods', new Error('engine is down'))
    await expect(runtime.listPods()).rejects.toThrow('engine is down')
    expect(await runtime.listPods()).toEqual([])
  })
})
