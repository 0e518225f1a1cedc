import { describe, expect, it } from '@jest/globals'
import { decode } from '../schema/decode.ts'
import { ResourceClaimTemplate } from './resource-claim-template.ts'
import { ResourceClaim } from './resource-claim.ts'
import { made, refused, said } from './testing.ts'

const exactly = { deviceClassName: 'gpu' }
const claim = (devices: object) => ({ spec: { devices } })
const request = (fields: object) => claim({ requests: [{ name: 'r', exactly: { ...exactly, ...fields } }] })
const at = 'spec.devices.requests[0]'
const cel = (expression: string) => ({ selectors: [{ cel: { expression } }] })

describe('a resource claim', () => {
  it('asks for one device unless it says otherwise, and tolerates taints of one value', () => {
    const { spec } = made(ResourceClaim, request({ tolerations: [{ key: 'a', value: 'b' }] }))
    expect(spec.devices.requests).toEqual([
      {
        name: 'r',
        exactly: { ...exactly, allocationMode: 'ExactCount', count: 1, tolerations: [{ key: 'a', value: 'b', operator: 'Equal' }] },
      },
    ])
    expect(made(ResourceClaim, request({ allocationMode: 'All' })).spec.devices.requests?.[0]?.exactly).not.toHaveProperty('count')
    expect(made(ResourceClaim, { spec: {} })).toMatchObject({ spec: { devices: {} }, status: {} })
  })

  it.each([
    ['nothing', claim({}), []],
    ['one device', request({}), []],
    [
      'one of several kinds, the best first',
      claim({
        requests: [
          {
            name: 'r',
            firstAvailable: [
              { name: 'a', deviceClassName: 'big' },
              { name: 'b', deviceClassName: 'small' },
            ],
          },
        ],
        constraints: [{ requests: ['r/a', 'r/b'], matchAttribute: 'example.com/numa' }],
        config: [{ requests: ['r'], opaque: { driver: 'example.com', parameters: { any: 'thing' } } }],
      }),
      [],
    ],
    [
      'a request without a name',
      claim({ requests: [{ name: '', exactly }] }),
      [expect.stringMatching(/requests\[0\]\.name: Invalid value: "": a lowercase RFC 1123 label/)],
    ],
    [
      'a request for nothing',
      claim({ requests: [{ name: 'r' }] }),
      [`${at}: Required value: exactly one of \`exactly\` or \`firstAvailable\` is required`],
    ],
    [
      'a request in two forms',
      claim({ requests: [{ name: 'r', exactly, firstAvailable: [{ name: 'a', deviceClassName: 'b' }] }] }),
      [`${at}: Invalid value: null: exactly one of \`exactly\` or \`firstAvailable\` is required, but multiple fields are set`],
    ],
    [
      'two requests of one name',
      claim({
        requests: [
          { name: 'r', exactly },
          { name: 'r', exactly },
        ],
      }),
      ['spec.devices.requests[1]: Duplicate value: "r"'],
    ],
    ['no class', request({ deviceClassName: '' }), [`${at}.exactly.deviceClassName: Required value`]],
    ['fewer than none', request({ count: -1 }), [`${at}.exactly.count: Invalid value: -1: must be greater than zero`]],
    [
      'all of them, three',
      request({ allocationMode: 'All', count: 3 }),
      [`${at}.exactly.count: Invalid value: 3: must not be specified when allocationMode is 'All'`],
    ],
    [
      'some',
      request({ allocationMode: 'Some' }),
      [`${at}.exactly.allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount"`],
    ],
    [
      'too many requests',
      claim({ requests: Array.from({ length: 33 }, (_, i) => ({ name: `r${i}`, exactly })) }),
      ['spec.devices.requests: Too many: 33: must have at most 32 items'],
    ],
    [
      'a constraint on nothing',
      claim({ requests: [{ name: 'r', exactly }], constraints: [{ requests: ['r'] }] }),
      [
        'spec.devices.constraints[0]: Required value: exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set',
      ],
    ],
    [
      'a constraint on others',
      claim({ constraints: [{ requests: ['r'], matchAttribute: 'a' }] }),
      [
        `spec.devices.constraints[0].requests[0]: Invalid value: "r": must be the name of a request in the claim or the name of a request and a subrequest separated by '/'`,
        'spec.devices.constraints[0].matchAttribute: Invalid value: "a": a fully qualified name must be a domain and a name separated by a slash',
      ],
    ],
    ['settings that say nothing', claim({ config: [{}] }), ['spec.devices.config[0].opaque: Required value']],
    [
      'a toleration of any value, and a value',
      request({ tolerations: [{ operator: 'Exists', value: 'v' }] }),
      [`${at}.exactly.tolerations[0].value: Invalid value: "v": must be empty for operator \`Exists\``],
    ],
  ] as const)('wants %s', (_, fields, errors) => {
    expect(refused(ResourceClaim, fields)).toEqual(errors)
  })

  it.each([
    ['device.driver == "example.com"', []],
    ['device.attributes["example.com"].model == "a" && device.capacity["example.com"].memory.compareTo(quantity("1Gi")) >= 0', []],
    ['"x" in device.attributes', []],
    ['cel.bind(dra, device.attributes["example.com"], dra.a && dra.b)', []],
    ['1 + 1', [`${at}.exactly.selectors[0].cel.expression: Invalid value: "1 + 1": must evaluate to bool or the unknown type, not int`]],
    ['device.colour == "red"', [expect.stringContaining("undefined field 'colour'")]],
    ['thing.driver == "a"', [expect.stringContaining("compilation failed: ERROR: <input>:1:1: undeclared reference to 'thing'")]],
  ])('selects devices by %s', (expression, errors) => {
    expect(refused(ResourceClaim, request(cel(expression)))).toEqual(errors)
  })

  it('does not change what it wants', () => {
    const [one, other] = [made(ResourceClaim, request({})), made(ResourceClaim, request({ count: 2 }))]
    expect(said(ResourceClaim.validateUpdate?.(one, one))).toEqual([])
    expect(said(ResourceClaim.validateUpdate?.(other, one))).toEqual([
      expect.stringMatching(/^spec: Invalid value: .*: field is immutable$/),
    ])
  })

  const result = { request: 'r', driver: 'example.com', pool: 'node-1', device: 'gpu-0' }
  const consumer = { resource: 'pods', name: 'p', uid: 'u' }
  const withStatus = (status: object): ResourceClaim => ({
    ...made(ResourceClaim, request({})),
    status: decode(ResourceClaim.schema.properties?.['status'] ?? {}, status).value as ResourceClaim['status'],
  })
  const given = { allocation: { devices: { results: [result] } } }
  const device = { driver: 'example.com', pool: 'node-1', device: 'gpu-0' }

  it.each([
    ['was given a device', given, {}, []],
    ['is used', { ...given, reservedFor: [consumer] }, given, []],
    [
      'is used without having anything',
      { reservedFor: [consumer] },
      {},
      ['status.reservedFor: Forbidden: may not be specified when `allocated` is not set'],
    ],
    [
      'is used by nobody in particular',
      { ...given, reservedFor: [{}] },
      given,
      [
        'status.reservedFor[0].resource: Required value',
        'status.reservedFor[0].name: Required value',
        'status.reservedFor[0].uid: Required value',
      ],
    ],
    [
      'is given something else',
      { allocation: { devices: { results: [{ ...result, device: 'gpu-1' }] } } },
      given,
      [expect.stringMatching(/^status\.allocation: Invalid value: .*: field is immutable$/)],
    ],
    [
      'is given what it did not ask for',
      { allocation: { devices: { results: [{ ...result, request: 'other' }] } } },
      {},
      [expect.stringMatching(/^status\.allocation\.devices\.results\[0\]\.request: Invalid value: "other": must be the name of a request/)],
    ],
    [
      'has a device that is ready',
      {
        ...given,
        devices: [
          {
            ...device,
            conditions: [{ type: 'Ready', status: 'True', reason: 'R', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }],
            networkData: { ips: ['10.0.0.1/24'] },
          },
        ],
      },
      given,
      [],
    ],
    [
      'has a device that it was not given',
      { ...given, devices: [{ ...device, device: 'gpu-7' }] },
      given,
      ['status.devices[0]: Invalid value: "example.com/node-1/gpu-7": must be an allocated device in the claim'],
    ],
    [
      'has a device with half a condition',
      {
        ...given,
        devices: [{ ...device, conditions: [{ type: 'Ready', status: 'Maybe' }], networkData: { ips: ['010.0.0.1', 'fd00::0:1/64'] } }],
      },
      given,
      [
        'status.devices[0].conditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
        'status.devices[0].conditions[0].lastTransitionTime: Required value: must be set',
        'status.devices[0].conditions[0].reason: Required value: must be set',
        'status.devices[0].networkData.ips[0]: Invalid value: "010.0.0.1": must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)',
        'status.devices[0].networkData.ips[1]: Invalid value: "fd00::0:1/64": must be in canonical form ("fd00::1/64")',
      ],
    ],
  ])('%s', (_, next, current, errors) => {
    expect(said(ResourceClaim.validateStatusUpdate?.(withStatus(next), withStatus(current)))).toEqual(errors)
  })

  it('forgets how devices are doing that it no longer has', () => {
    const next = withStatus({ devices: [device] })
    expect(ResourceClaim.prepareSubresource?.['status']?.(next, withStatus(given)).status).toEqual({})
    expect(
      ResourceClaim.prepareSubresource?.['status']?.(withStatus({ ...given, devices: [device] }), withStatus(given)).status.devices,
    ).toEqual([device])
  })

  it.each([
    ['pending', {}, {}],
    ['allocated', given, {}],
    ['allocated,reserved', { ...given, reservedFor: [consumer] }, {}],
    ['deleted', {}, { deletionTimestamp: 'now' }],
    ['deleted,allocated', given, { deletionTimestamp: 'now' }],
  ])('is %s', (state, status, metadata) => {
    const object = withStatus(status)
    const cell = ResourceClaim.columns.find(({ name }) => name === 'State')?.cell
    expect(cell?.({ ...object, metadata: { ...object.metadata, ...metadata } }, new Date())).toBe(state)
  })
})

describe('a template of resource claims', () => {
  it('is made of metadata and what a claim wants', () => {
    const template = made(ResourceClaimTemplate, { spec: { metadata: { labels: { a: 'b' } }, ...{ spec: request({}).spec } } })
    expect(said(ResourceClaimTemplate.validate?.(template))).toEqual([])
    expect(template.spec.spec.devices.requests?.[0]?.exactly?.count).toBe(1)
    expect(refused(ResourceClaimTemplate, { spec: { metadata: { name: 'n' }, spec: claim({ requests: [{ name: 'r' }] }).spec } })).toEqual([
      'spec.metadata.name: Forbidden: cannot be set',
      'spec.spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required',
    ])
  })
})
