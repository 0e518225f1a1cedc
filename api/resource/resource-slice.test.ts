import { describe, expect, it } from '@jest/globals'
import { ResourceSlice } from './resource-slice.ts'
import { made, refused, said } from './testing.ts'

describe('a slice of devices', () => {
  const pool = { name: 'node-1', generation: 1, resourceSliceCount: 1 }
  const slice = (fields: object) => ({ spec: { driver: 'example.com', pool, nodeName: 'node-1', ...fields } })
  const one = (fields: object, rest: object = {}) => slice({ devices: [{ name: 'gpu-0', ...fields }], ...rest })
  const device = 'spec.devices[0]'
  const shared = (requestPolicy: object) => one({ allowMultipleAllocations: true, capacity: { memory: { value: '10Gi', requestPolicy } } })
  const policy = `${device}.capacity[memory].requestPolicy`

  it.each([
    [
      'one device',
      one({
        attributes: { model: { string: 'a' }, 'other.com/version': { version: '1.2.3-rc.1' } },
        capacity: { memory: { value: '1Gi' } },
      }),
      [],
    ],
    ['no driver', slice({ driver: '' }), ['spec.driver: Required value']],
    [
      'half a pool',
      slice({ pool: { name: '', generation: -1, resourceSliceCount: 0 } }),
      [
        'spec.pool.name: Required value',
        'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero',
        'spec.pool.generation: Invalid value: -1: must be greater than or equal to zero',
      ],
    ],
    [
      'no place',
      slice({ nodeName: undefined }),
      ['spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'],
    ],
    [
      'two places',
      slice({ allNodes: true }),
      [
        'spec: Invalid value: "{`nodeName`, `allNodes`}": exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required, but multiple fields are set',
      ],
    ],
    ['nodes, not', slice({ allNodes: false }), ['spec.allNodes: Invalid value: false: must be either unset or set to true']],
    ['devices twice', slice({ devices: [{ name: 'a' }, { name: 'a' }] }), ['spec.devices[1]: Duplicate value: "a"']],
    [
      'too many devices with taints',
      slice({ devices: Array.from({ length: 65 }, (_, i) => ({ name: `d${i}`, taints: [{ key: 'a', effect: 'NoExecute' }] })) }),
      ['spec.devices: Too many: 65: must have at most 64 items'],
    ],
    [
      'an attribute that is nothing',
      one({ attributes: { a: {} } }),
      [`${device}.attributes[a]: Invalid value: "": exactly one value must be specified`],
    ],
    [
      'an attribute that is two things',
      one({ attributes: { a: { int: 0, bool: false } } }),
      [`${device}.attributes[a]: Invalid value: {"int":0,"bool":false}: exactly one value must be specified`],
    ],
    [
      'no version',
      one({ attributes: { a: { version: 'v1' } } }),
      [`${device}.attributes[a].version: Invalid value: "v1": must be a string compatible with semver.org spec 2.0.0`],
    ],
    [
      'names of attributes that are none',
      one({ attributes: { 'a-b': { int: 1 }, '/c': { int: 1 }, 'a/b/c': { int: 1 } } }),
      [
        `${device}.attributes: Invalid value: "": the domain must not be empty`,
        expect.stringContaining(
          `${device}.attributes: Invalid value: "a-b": a valid C identifier must start with alphabetic character or '_'`,
        ),
        `${device}.attributes: Invalid value: "a/b/c": must not contain more than one slash`,
      ],
    ],
    [
      'a taint',
      one({ taints: [{ key: 'a', effect: 'PreferNoSchedule' }] }),
      [`${device}.taints[0].effect: Unsupported value: "PreferNoSchedule": supported values: "NoExecute", "NoSchedule", "None"`],
    ],
    [
      'a place of its own',
      one({ nodeName: 'n' }),
      [
        `${device}: Invalid value: null: \`nodeName\`, \`nodeSelector\` and \`allNodes\` can only be set if \`perDeviceNodeSelection\` is set to true in the ResourceSlice spec`,
      ],
    ],
    ['a place each', one({ allNodes: true }, { nodeName: undefined, perDeviceNodeSelection: true }), []],
    ['counters', slice({ sharedCounters: [{ name: 'c', counters: { memory: { value: '1' } } }] }), []],
    ['counters of nothing', slice({ sharedCounters: [{ name: 'c', counters: {} }] }), ['spec.sharedCounters[0].counters: Required value']],
    ['what it takes of counters', one({ consumesCounters: [{ counterSet: 'c', counters: { memory: { value: '1' } } }] }), []],
    [
      'conditions to wait for, and none that fails',
      one({ bindingConditions: ['a'] }),
      [`${device}.bindingFailureConditions: Invalid value: null: bindingFailureConditions are required to use bindingConditions`],
    ],
    [
      'a policy for one',
      one({ capacity: { memory: { value: '1', requestPolicy: { default: '1' } } } }),
      [`${policy}: Forbidden: allowMultipleAllocations must be true`],
    ],
    ['a policy of values', shared({ default: '1Gi', validValues: ['1Gi', '2Gi'] }), []],
    [
      'values out of order, too large, without the default',
      shared({ default: '3Gi', validValues: ['20Gi', '1Gi'] }),
      [
        `${policy}.validValues[1]: Invalid value: "1Gi": values must be sorted in ascending order`,
        `${policy}.validValues[0]: Invalid value: "20Gi": option is larger than capacity value: 10Gi`,
        `${policy}.validValues: Invalid value: "3Gi": default value is not valid according to the requestPolicy`,
      ],
    ],
    ['a policy of a range', shared({ default: '1Gi', validRange: { min: '1Gi', max: '9Gi', step: '1Gi' } }), []],
    [
      'a range without a default',
      shared({ validRange: { min: '1Gi' } }),
      [`${policy}.default: Required value: required when validRange is defined`],
    ],
    [
      'a range that is none',
      shared({ default: '1Gi', validRange: { min: '2Gi', max: '20Gi', step: '3Gi' } }),
      [
        `${policy}.validRange.default: Invalid value: "1Gi": default is less than min: 2Gi`,
        `${policy}.validRange.max: Invalid value: "20Gi": max is larger than capacity value: 10Gi`,
        `${policy}.validRange.step: Invalid value: "1Gi": value is not a multiple of a given step (3Gi) from (2Gi)`,
      ],
    ],
  ])('has %s', (_, fields, errors) => {
    expect(refused(ResourceSlice, fields)).toEqual(errors)
  })

  it('stays where it is, of one driver and pool', () => {
    const next = made(ResourceSlice, slice({ driver: 'other.com', nodeName: 'node-2', pool: { ...pool, name: 'b' } }))
    expect(said(ResourceSlice.validateUpdate?.(next, made(ResourceSlice, slice({}))))).toEqual([
      'spec.pool.name: Invalid value: "b": field is immutable',
      'spec.driver: Invalid value: "other.com": field is immutable',
      'spec.nodeName: Invalid value: "node-2": field is immutable',
    ])
  })

  it('loses what upstream has switched off, unless it is there already', () => {
    const fields = one({ attributes: { a: { ints: [1], int: 2 } }, nodeAllocatableResourceMappings: { cpu: {} } })
    expect(made(ResourceSlice, fields).spec.devices).toEqual([{ name: 'gpu-0', attributes: { a: { int: 2 } } }])
    const kept = {
      ...made(ResourceSlice, slice({})),
      spec: { ...slice({}).spec, devices: [{ name: 'gpu-0', attributes: { a: { ints: [1] } } }] },
    }
    expect(ResourceSlice.prepareForUpdate?.(kept, kept).spec.devices).toEqual(kept.spec.devices)
  })

  it('can be found by node and driver, and warns of capitals', () => {
    const object = made(ResourceSlice, slice({ driver: 'Example.com' }))
    expect(Object.entries(ResourceSlice.selectableFields ?? {}).map(([name, value]) => [name, value(object)])).toEqual([
      ['spec.nodeName', 'node-1'],
      ['spec.driver', 'Example.com'],
    ])
    expect(ResourceSlice.warnings?.(object)).toEqual([
      'spec.driver: driver names should be lowercase; "Example.com" contains uppercase characters',
    ])
  })
})
