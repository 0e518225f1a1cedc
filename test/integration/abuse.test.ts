import { describe, expect, it } from '@jest/globals'
import { abuse, describeAbuse } from '../abuse/abuse.ts'
import { ControlPlaneProcess } from '../support/control-plane-process.ts'

describe('bad clients', () => {
  it('neither bring the control plane down, nor make it lose or leak anything', async () => {
    await using controlPlane = await ControlPlaneProcess.start('--controllers', 'false', '--scheduler', 'false')
    const pid = controlPlane.pid ?? 0
    const result = await abuse({ config: await controlPlane.config(), pid, seconds: 6, calmSeconds: 1, writers: 20, watches: 100 })
    console.log(describeAbuse(result))
    expect(result.counter.found).toBe(result.counter.expected)
    expect(result.counter.found).toBeGreaterThan(0)
    expect(Object.keys(result.refusals).filter(code => !['400', '413'].includes(code))).toEqual([])
    expect(result.resources.after.descriptors).toBeLessThanOrEqual(result.resources.before.descriptors)
    expect(controlPlane.running).toBe(true)
  }, 180_000)
})
