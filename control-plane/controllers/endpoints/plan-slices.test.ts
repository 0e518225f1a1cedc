import { describe, expect, it } from '@jest/globals'
import type { Endpoint, EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import type { Service } from '../../../api/core/service.ts'
import { desiredSlices, planSlices } from './plan-slices.ts'

const endpoint = (index: number): Endpoint => ({ addresses: [`10.0.0.${index}`], conditions: {} })
const endpoints = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => endpoint(from + index))
const ports = [{ name: '', port: 80, protocol: 'TCP' as const }]
const slice = (list: readonly Endpoint[]) => ({ ports, endpoints: list }) as EndpointSlice
const counts = (plan: ReturnType<typeof planSlices>) => ({
  create: plan.create.map(each => each.endpoints.length),
  update: plan.update.map(each => each.endpoints.length),
  delete: plan.delete.length,
})

describe('EndpointSlices', () => {
  it('hold a hundred endpoints each', () => {
    expect(counts(planSlices([], [{ ports, endpoints: endpoints(0, 250) }]))).toEqual({ create: [100, 100, 50], update: [], delete: 0 })
  })
  it('are filled up before others are added', () => {
    expect(counts(planSlices([slice(endpoints(0, 40))], [{ ports, endpoints: endpoints(0, 120) }]))).toEqual({
      create: [20],
      update: [100],
      delete: 0,
    })
  })
  it('stay as they are when nothing changed', () => {
    expect(counts(planSlices([slice(endpoints(0, 5))], [{ ports, endpoints: endpoints(0, 5) }]))).toEqual({
      create: [],
      update: [],
      delete: 0,
    })
  })
  it('go when they are empty, all but one', () => {
    const existing = [slice(endpoints(0, 5)), slice(endpoints(5, 9))]
    expect(counts(planSlices(existing, [{ ports, endpoints: [] }]))).toEqual({ create: [], update: [0], delete: 1 })
  })
})

describe('hints of an EndpointSlice', () => {
  const pod = (ready: string) =>
    ({
      metadata: { name: 'a', namespace: 'default', uid: 'a' },
      spec: { nodeName: 'node-1', containers: [] },
      status: { podIP: '10.0.0.1', phase: 'Running', conditions: [{ type: 'Ready', status: ready }] },
    }) as unknown as Pod
  const hints = (trafficDistribution: string | undefined, { ready = 'True', zone = 'a' } = {}) => {
    const service = { spec: { ports: [{ port: 80 }], trafficDistribution } } as unknown as Service
    const node = { metadata: { labels: zone ? { 'topology.kubernetes.io/zone': zone } : {} } } as unknown as Node
    return desiredSlices(service, [pod(ready)], () => node)[0]?.endpoints[0]?.hints
  }
  it.each([
    [undefined, undefined],
    ['PreferClose', { forZones: [{ name: 'a' }] }],
    ['PreferSameZone', { forZones: [{ name: 'a' }] }],
    ['PreferSameNode', { forZones: [{ name: 'a' }], forNodes: [{ name: 'node-1' }] }],
  ])('follow trafficDistribution %s', (distribution, expected) => {
    expect(hints(distribution)).toEqual(expected)
  })
  it('need a zone, and a pod that is ready', () => {
    expect(hints('PreferClose', { zone: '' })).toBeUndefined()
    expect(hints('PreferSameNode', { zone: '' })).toEqual({ forNodes: [{ name: 'node-1' }] })
    expect(hints('PreferSameNode', { ready: 'False' })).toBeUndefined()
  })
})
