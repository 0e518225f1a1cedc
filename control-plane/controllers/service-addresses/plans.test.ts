import { describe, expect, it } from '@jest/globals'
import type { Service } from '../../../api/core/service.ts'
import type { IPAddress } from '../../../api/networking/ip-address.ts'
import { serviceAddress, serviceCidrFinalizer } from '../../../api/networking/service-address.ts'
import type { ServiceCIDR } from '../../../api/networking/service-cidr.ts'
import { planOrphan, serviceFaults } from './plan-address-repair.ts'
import { nodePortsOf, portFaults } from './plan-port-repair.ts'
import { planServiceCidr } from './plan-service-cidr.ts'

const now = new Date('2026-01-01T00:01:00Z')
const range = (name: string, cidr: string, metadata: object = {}) =>
  ({ metadata: { name, ...metadata }, spec: { cidrs: [cidr] }, status: {} }) as unknown as ServiceCIDR
const service = (name: string, clusterIP: string, spec: object = {}) =>
  ({ metadata: { name, namespace: 'n' }, spec: { clusterIP, clusterIPs: [clusterIP], ...spec } }) as unknown as Service
const address = (text: string, of: string, metadata: object = {}) => {
  const made = serviceAddress(text, service(of, text))
  return { ...made, metadata: { ...made.metadata, creationTimestamp: '2026-01-01T00:00:00Z', ...metadata } } as unknown as IPAddress
}
const going = (seconds: number) => ({
  finalizers: [serviceCidrFinalizer],
  deletionTimestamp: new Date(now.getTime() - seconds * 1000).toISOString(),
})

describe('a ServiceCIDR', () => {
  const small = '10.0.1.0/24'
  it.each([
    ['is protected first', range('a', small), [], [], { type: 'protect' }],
    ['then ready', range('a', small, { finalizers: [serviceCidrFinalizer] }), [], [], { type: 'ready' }],
    ['stays while an address has no other range', range('a', small, going(20)), [], ['10.0.1.9'], { type: 'blocked' }],
    ['may go when the address is in another', range('a', small, going(20)), [range('b', '10.0.1.8/29')], ['10.0.1.9'], { type: 'release' }],
    [
      'the ends of another range are nobody’s',
      range('a', small, going(20)),
      [range('b', '10.0.1.8/29')],
      ['10.0.1.8'],
      { type: 'blocked' },
    ],
    ['may go within a larger one', range('a', small, going(20)), [range('b', '10.0.0.0/16')], ['10.0.1.9'], { type: 'release' }],
    ['may go under two names', range('a', small, going(20)), [range('b', small)], ['10.0.1.9'], { type: 'release' }],
    ['is not held by addresses elsewhere', range('a', small, going(20)), [], ['10.0.2.9'], { type: 'release' }],
    ['waits ten seconds before it goes', range('a', small, going(4)), [], [], { type: 'wait', milliseconds: 6000 }],
    ['is let go once', range('a', small, { ...going(20), finalizers: ['other'] }), [], [], { type: 'nothing' }],
  ] as const)('%s', (_, subject, others, addresses, expected) => {
    const view = { ranges: [subject, ...others], addresses: addresses.map(text => address(text, 'web')), now }
    expect(planServiceCidr(subject, view)).toEqual(expected)
  })
})

describe('the addresses of services', () => {
  const web = service('web', '10.0.1.9')
  const faults = (objects: readonly IPAddress[], services: readonly Service[] = [web], subject = web) =>
    serviceFaults(subject, {
      ranges: [range('a', '10.0.1.0/24')],
      addressOf: name => objects.find(({ metadata }) => metadata.name === name),
      serviceOf: (_, name) => services.find(({ metadata }) => metadata.name === name),
    }).map(({ event, repair }) => [event?.reason, event?.message, repair])

  it('are right when an IPAddress says so', () => expect(faults([address('10.0.1.9', 'web')])).toEqual([]))
  it('need none without an address', () => expect(faults([], [], service('web', 'None'))).toEqual([]))
  it('are written down when they are not', () => {
    const message = 'Cluster IP [IPv4]: 10.0.1.9 is not allocated; repairing'
    expect(faults([])).toEqual([['ClusterIPNotAllocated', message, 'create']])
  })
  it('are written down anew when they are another’s, or nobody’s', () => {
    const message = 'the ClusterIP [IPv4]: 10.0.1.9 for Service n/web has a wrong reference; repairing'
    const wrong = [['ClusterIPNotAllocated', message, 'recreate']]
    expect(faults([address('10.0.1.9', 'gone')])).toEqual(wrong)
    const gateway = { ...address('10.0.1.9', 'web'), spec: { parentRef: { group: 'g', resource: 'gateways', name: 'web' } } }
    expect(faults([gateway])).toEqual(wrong)
    expect(faults([address('10.0.1.9', 'web', { labels: {} })])).toEqual([[undefined, undefined, 'recreate']])
  })
  it('are complained about when two have the same, or the range has none', () => {
    const twice = 'Cluster IP [IPv4]:10.0.1.9 was assigned to multiple services; please recreate service'
    const other = service('other', '10.0.1.9')
    expect(faults([address('10.0.1.9', 'other')], [web, other])).toEqual([['ClusterIPAlreadyAllocated', twice, undefined]])
    const outside = 'Cluster IP [IPv4]: 10.0.2.9 is not within any configured Service CIDR; please recreate service'
    expect(faults([], [], service('web', '10.0.2.9'))).toEqual([['ClusterIPOutOfRange', outside, undefined]])
  })
})

describe('an IPAddress of a service', () => {
  const plan = (object: IPAddress, services: readonly Service[] = []) =>
    planOrphan(object, { serviceOf: (_, name) => services.find(({ metadata }) => metadata.name === name), now })
  const old = { creationTimestamp: '2025-01-01T00:00:00Z' }

  it('stays with its service, and when it is somebody else’s', () => {
    expect(plan(address('10.0.1.9', 'web'), [service('web', '10.0.1.9')])).toEqual({ type: 'nothing' })
    expect(plan(address('10.0.1.9', 'gone', { ...old, labels: {} }))).toEqual({ type: 'nothing' })
  })
  it('goes a minute after the service, and at once when the service has another', () => {
    const young = address('10.0.1.9', 'gone', { creationTimestamp: '2026-01-01T00:00:20Z' })
    expect(plan(young)).toEqual({ type: 'wait', milliseconds: 20_000 })
    const leaked = 'IPAddress: 10.0.1.9 for Service n/gone appears to have leaked: cleaning up'
    expect(plan(address('10.0.1.9', 'gone', old))).toEqual({ type: 'delete', reason: 'IPAddressNotAllocated', message: leaked })
    const wrong = 'IPAddress: 10.0.1.9 for Service n/web has a wrong reference; cleaning up'
    const moved = plan(address('10.0.1.9', 'web'), [service('web', '10.0.1.10')])
    expect(moved).toEqual({ type: 'delete', reason: 'IPAddressWrongReference', message: wrong })
  })
})

describe('node ports', () => {
  const ports = (name: string, ...given: readonly (readonly [number, string])[]) =>
    service(name, '10.0.1.9', { ports: given.map(([nodePort, protocol]) => ({ nodePort, protocol })) })

  it('count once for several protocols', () => {
    expect(nodePortsOf(ports('dns', [30053, 'UDP'], [30053, 'TCP']))).toEqual([30053])
    expect(nodePortsOf(ports('twice', [30053, 'TCP'], [30053, 'TCP']))).toEqual([30053, 30053])
  })
  it('are complained about when two services have the same, or they are out of range', () => {
    const services = [ports('a', [30001, 'TCP']), ports('b', [30001, 'TCP'], [80, 'TCP'])]
    expect(portFaults(services, { first: 30000, last: 32767 }).map(({ service, ...fault }) => [service.metadata.name, fault])).toEqual([
      ['b', { reason: 'PortAlreadyAllocated', message: 'Port 30001 was assigned to multiple services; please recreate service' }],
      ['b', { reason: 'PortOutOfRange', message: 'Port 80 is not within the port range 30000-32767; please recreate service' }],
    ])
  })
})
