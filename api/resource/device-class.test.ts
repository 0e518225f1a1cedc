import { describe, expect, it } from '@jest/globals'
import { DeviceClass } from './device-class.ts'
import { made, refused, said } from './testing.ts'

describe('a device class', () => {
  it.each([
    [{ selectors: [{ cel: { expression: 'device.driver == "a"' } }], extendedResourceName: 'example.com/gpu' }, []],
    [{ selectors: [{}] }, ['spec.selectors[0].cel: Required value']],
    [{ config: [{ opaque: { driver: '', parameters: {} } }] }, ['spec.config[0].opaque.driver: Required value']],
    [{ extendedResourceName: 'gpu' }, ['spec.extendedResourceName: Invalid value: "gpu": must be a valid extended resource name']],
  ])('with %j', (spec, errors) => {
    expect(refused(DeviceClass, { spec })).toEqual(errors)
  })

  it('keeps expressions that were good once', () => {
    const bad = made(DeviceClass, { spec: { selectors: [{ cel: { expression: 'no such thing' } }] } })
    expect(said(DeviceClass.validateUpdate?.(bad, bad))).toEqual([])
    expect(said(DeviceClass.validateUpdate?.(bad, made(DeviceClass, { spec: {} })))).toHaveLength(1)
  })
})
