import { describe, expect, it } from '@jest/globals'
import type { Endpoint, EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import { planSlices } from './plan-slices.ts'

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
