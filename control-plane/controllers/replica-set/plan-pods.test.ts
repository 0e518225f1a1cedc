import { describe, expect, it } from '@jest/globals'
import type { Pod } from '../../../api/core/pod.ts'
import { planPods } from './plan-pods.ts'

const now = new Date('2026-01-01T01:00:00Z')
interface Facts {
  readonly node?: string
  readonly phase?: string
  readonly ready?: string
  readonly cost?: string
  readonly created?: string
}
const pod = (
  name: string,
  { node = 'n1', phase = 'Running', ready = '2026-01-01T00:00:00Z', cost, created = '2026-01-01T00:00:00Z' }: Facts = {},
) =>
  ({
    metadata: {
      name,
      uid: name,
      creationTimestamp: created,
      annotations: cost === undefined ? {} : { 'controller.kubernetes.io/pod-deletion-cost': cost },
    },
    spec: node ? { nodeName: node } : {},
    status: { phase, conditions: ready ? [{ type: 'Ready', status: 'True', lastTransitionTime: ready }] : [] },
  }) as unknown as Pod
const firstOf = (pods: Pod[]) => {
  const plan = planPods(pods, pods.length - 1, { related: pods, now })
  return 'delete' in plan ? plan.delete.map(({ metadata }) => metadata.name) : plan
}

describe('a ReplicaSet', () => {
  it('creates what is missing, a batch at a time', () => {
    expect(planPods([pod('a')], 3, { related: [], now })).toEqual({ create: 2 })
    expect(planPods([], 2000, { related: [], now })).toEqual({ create: 500 })
  })

  it('deletes a pod that is not available yet before one that is', () => {
    const young = pod('a', { ready: '2026-01-01T00:59:55Z', cost: '5' })
    const plan = planPods([young, pod('b')], 1, { related: [], minReadySeconds: 10, now })
    expect(plan).toEqual({ delete: [young] })
  })

  it.each([
    ['without a node', [pod('a'), pod('b', { node: '' })], ['b']],
    ['pending', [pod('a'), pod('b', { phase: 'Pending' })], ['b']],
    ['not ready', [pod('a'), pod('b', { ready: '' })], ['b']],
    ['cheaper', [pod('a', { cost: '5' }), pod('b', { cost: '-1' })], ['b']],
    ['on the more crowded node', [pod('a', { node: 'n2' }), pod('b'), pod('c')], ['b']],
    ['ready for less time', [pod('a'), pod('b', { ready: '2026-01-01T00:59:00Z' })], ['b']],
    ['younger', [pod('a'), pod('b', { created: '2026-01-01T00:59:00Z' })], ['b']],
  ])('deletes first the pod that is %s', (_, pods, expected) => {
    expect(firstOf(pods)).toEqual(expected)
  })
})
