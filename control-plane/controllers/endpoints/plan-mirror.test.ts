import { describe, expect, it } from '@jest/globals'
import type { Endpoints } from '../../../api/core/endpoints.ts'
import type { Service } from '../../../api/core/service.ts'
import type { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import { isMirrored, mirrorOf, planMirror } from './plan-mirror.ts'

const port = { port: 80, protocol: 'TCP' as const }
const sliceAs = (wanted: ReturnType<typeof mirrorOf>['slices'][number] | undefined) =>
  ({ ...wanted, metadata: {} }) as unknown as EndpointSlice
const counts = ({ create, update, delete: gone }: ReturnType<typeof planMirror>) => [create.length, update.length, gone.length]

describe('Endpoints that somebody wrote by hand', () => {
  const endpoints = (metadata: object) => ({ metadata: { name: 'web', namespace: 'default', ...metadata } }) as unknown as Endpoints
  const service = (spec: object) => ({ spec }) as unknown as Service
  it.each([
    ['are mirrored', {}, {}, true],
    ['are not when the service selects pods', {}, { selector: { app: 'web' } }, false],
    ['are not when it has a selector that is empty', {}, { selector: {} }, false],
    ['are not when they say so', { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }, {}, false],
    ['are not when they are a lock', { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } }, {}, false],
  ])('%s', (_, metadata, spec, expected) => {
    expect(isMirrored(endpoints(metadata), service(spec))).toBe(expected)
  })
  it('are not without their service', () => {
    expect(isMirrored(endpoints({}), undefined)).toBe(false)
    expect(isMirrored(undefined, service({}))).toBe(false)
  })
})

describe('a mirror', () => {
  it('keeps what Endpoints say of each address, by family and ports', () => {
    const targetRef = { kind: 'Pod', name: 'a' }
    const { slices } = mirrorOf({
      subsets: [
        {
          addresses: [{ ip: '10.0.0.1', hostname: 'a', nodeName: 'node-1', targetRef }, { ip: 'fd00::1' }],
          notReadyAddresses: [{ ip: '10.0.0.2' }],
          ports: [{ name: 'http', appProtocol: 'h2c', ...port }],
        },
      ],
    })
    expect(slices).toEqual([
      {
        addressType: 'IPv4',
        ports: [{ name: 'http', appProtocol: 'h2c', ...port }],
        endpoints: [
          { addresses: ['10.0.0.1'], conditions: { ready: true }, hostname: 'a', nodeName: 'node-1', targetRef },
          { addresses: ['10.0.0.2'], conditions: { ready: false } },
        ],
      },
      {
        addressType: 'IPv6',
        ports: [{ name: 'http', appProtocol: 'h2c', ...port }],
        endpoints: [{ addresses: ['fd00::1'], conditions: { ready: true } }],
      },
    ])
  })
  it('leaves out what is no address, and what is too much', () => {
    const addresses = Array.from({ length: 1003 }, (_, index) => ({ ip: `10.0.${index >> 8}.${index & 255}` }))
    const { slices, invalid, skipped } = mirrorOf({ subsets: [{ addresses: [{ ip: 'nonsense' }, ...addresses], ports: [port] }] })
    expect([slices[0]?.endpoints.length, invalid, skipped]).toEqual([1000, 1, 4])
  })
  it('puts subsets with the same ports together', () => {
    const subset = (ip: string) => ({ addresses: [{ ip }], ports: [port] })
    expect(mirrorOf({ subsets: [subset('10.0.0.1'), subset('10.0.0.2')] }).slices).toHaveLength(1)
  })
})

describe('the slices of a mirror', () => {
  const [first] = mirrorOf({ subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [port] }] }).slices
  const [second] = mirrorOf({ subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ ...port, port: 81 }] }] }).slices
  const of = (...slices: (typeof first)[]) => slices.flatMap(slice => slice ?? [])
  it('are made, kept, changed and removed as needed', () => {
    expect(counts(planMirror([], of(first)))).toEqual([1, 0, 0])
    expect(counts(planMirror([sliceAs(first)], of(first)))).toEqual([0, 0, 0])
    expect(counts(planMirror([sliceAs(first), sliceAs(first)], of(first)))).toEqual([0, 0, 1])
    expect(counts(planMirror([sliceAs(first)], []))).toEqual([0, 0, 1])
  })
  it('serve for other ports rather than go', () => {
    expect(counts(planMirror([sliceAs(first)], of(second)))).toEqual([0, 1, 0])
  })
})
