import { describe, expect, it } from '@jest/globals'
import type { APIService } from '../../../api/apiregistration/api-service.ts'
import type { Service } from '../../../api/core/service.ts'
import type { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import { builtInKinds } from '../../../api/kinds.ts'
import { judge } from './availability.ts'
import { planRegistration } from './plan-registration.ts'
import { servedVersions } from './priorities.ts'

const managed = (value: string) => ({ 'kube-aggregator.kubernetes.io/automanaged': value })
const apiService = (labels: object, spec: object = {}) =>
  ({
    metadata: { name: 'v1.apps', labels },
    spec: { group: 'apps', version: 'v1', groupPriorityMinimum: 17_800, versionPriority: 15, ...spec },
  }) as unknown as APIService

describe('registration of the versions that are served', () => {
  const served = [{ group: 'apps', version: 'v1', priority: [17_800, 15] as const }]
  it.each([
    ['makes what is missing', [], ['create']],
    ['leaves what is right', [apiService(managed('onstart'))], []],
    ['puts right what is its own', [apiService(managed('onstart'), { versionPriority: 1 })], ['update']],
    ["leaves what is somebody else's", [apiService({}, { versionPriority: 1 })], []],
    ['leaves what was given a service', [apiService(managed('onstart'), { versionPriority: 1, service: { name: 'x' } })], []],
  ])('%s', (_, current, types) => expect(planRegistration(served, current).map(({ type }) => type)).toEqual(types))

  it('takes away its own that is not served any more', () => {
    expect(planRegistration([], [apiService(managed('onstart')), apiService(managed('true'))])).toEqual([
      { type: 'delete', name: 'v1.apps' },
    ])
  })

  it('knows the priority of every version but that of APIServices', () => {
    const versions = new Set(builtInKinds.map(({ group, version }) => `${version}.${group}`))
    expect(servedVersions(builtInKinds).length).toBe(versions.size - 1)
  })
})

describe('availability of a version served elsewhere', () => {
  const reference = { name: 'api', namespace: 'default', port: 443 }
  const service = (spec: object) => ({ spec }) as Service
  const listening = service({ type: 'ClusterIP', ports: [{ name: 'https', port: 443 }] })
  const slice = (ready: boolean, name = 'https') =>
    ({ endpoints: [{ addresses: ['10.1.1.1'], conditions: { ready } }], ports: [{ name, port: 8443 }] }) as unknown as EndpointSlice
  it.each([
    ['ServiceNotFound', undefined, [], 'service/api in "default" is not present'],
    [
      'ServicePortError',
      service({ type: 'ClusterIP', ports: [{ port: 80 }] }),
      [],
      'service/api in "default" is not listening on port 443',
    ],
    ['EndpointsNotFound', listening, [], 'cannot find endpointslices for service/api in "default"'],
    [
      'MissingEndpoints',
      listening,
      [slice(false), slice(true, 'other')],
      'endpointslices for service/api in "default" have no addresses with port name "https"',
    ],
  ])('is none because of %s', (reason, service, slices, message) => {
    expect(judge({ reference, service, slices })).toEqual({ condition: { type: 'Available', status: 'False', reason, message } })
  })

  it('has to be asked for where there are endpoints', () => {
    expect(judge({ reference, service: listening, slices: [slice(false), slice(true)] })).toEqual({ ask: [{ ip: '10.1.1.1', port: 8443 }] })
    const external = service({ type: 'ExternalName', externalName: 'api.example.com' })
    expect(judge({ reference, service: external, slices: [] })).toEqual({ ask: [{ ip: 'api.example.com', port: 443 }] })
  })
})
