import { describe, expect, it } from '@jest/globals'
import { EndpointSlice } from './endpoint-slice.ts'
import { Endpoints } from '../core/endpoints.ts'
import { decode } from '../schema/decode.ts'
import { withDefaults } from '../schema/defaults.ts'
import type { FieldError } from '../schema/field-error.ts'

const metadata = { name: 'web', namespace: 'default' }
const texts = (errors: readonly FieldError[] | undefined) => (errors ?? []).map(({ field, message }) => `${field}: ${message}`)
const addresses = (count: number) => Array.from({ length: count }, (_, index) => ({ ip: `10.0.0.${index + 1}` }))

const endpoints = (subsets: unknown[]): Endpoints =>
  withDefaults(Endpoints.schema, decode(Endpoints.schema, { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets }).value)
const slice = (fields: Record<string, unknown>): EndpointSlice =>
  withDefaults(
    EndpointSlice.schema,
    decode(EndpointSlice.schema, { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, ...fields }).value,
  )

describe('endpoints', () => {
  it('show three addresses and count the others', () => {
    const shown = (subsets: unknown[]) => Endpoints.columns[1]?.cell(endpoints(subsets), new Date(0))
    expect(shown([])).toBe('<none>')
    expect(shown([{ addresses: addresses(2), ports: [{ port: 80 }] }])).toBe('10.0.0.1:80,10.0.0.2:80')
    expect(shown([{ addresses: addresses(5), ports: [{ port: 80 }] }])).toBe('10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...')
    expect(shown([{ addresses: [{ ip: 'fd00::1' }], ports: [{ port: 80 }] }])).toBe('[fd00::1]:80')
    expect(shown([{ notReadyAddresses: addresses(1), ports: [{ port: 80 }] }])).toBe('')
  })

  it('have addresses that lead somewhere', () => {
    expect(texts(Endpoints.validate?.(endpoints([{ ports: [{ port: 80 }] }])))).toEqual([
      'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
    ])
    expect(texts(Endpoints.validate?.(endpoints([{ addresses: [{ ip: '169.254.1.1' }] }])))).toEqual([
      'subsets[0].addresses[0].ip: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    ])
  })
})

describe('an endpoint slice', () => {
  const valid = slice({ addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 80 }, { name: 'all' }] })

  it('completes its ports', () => {
    expect(valid.ports).toEqual([
      { name: '', protocol: 'TCP', port: 80 },
      { name: 'all', protocol: 'TCP' },
    ])
    expect(texts(EndpointSlice.validate?.(valid))).toEqual([])
  })

  it('keeps its kind of address', () => {
    const next = slice({ addressType: 'FQDN', endpoints: [{ addresses: ['example.com'] }] })
    expect(texts(EndpointSlice.validateUpdate?.(next, valid))).toEqual(['addressType: Invalid value: "FQDN": field is immutable'])
    expect(texts(EndpointSlice.validate?.(slice({ addressType: 'IPv6', endpoints: [{ addresses: ['10.0.0.1'] }] })))).toEqual([
      'endpoints[0].addresses[0]: Invalid value: "10.0.0.1": must be a valid IPv6 address',
    ])
  })

  it('is shown with its ports and addresses', () => {
    const shown = (object: EndpointSlice) => EndpointSlice.columns.slice(1, 4).map(column => column.cell(object, new Date(0)))
    expect(shown(valid)).toEqual(['IPv4', '80,all', '10.0.0.1'])
    expect(shown(slice({ addressType: 'IPv4' }))).toEqual(['IPv4', '<unset>', '<unset>'])
  })
})
