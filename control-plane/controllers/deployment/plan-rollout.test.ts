import { describe, expect, it } from '@jest/globals'
import type { Deployment } from '../../../api/apps/deployment.ts'
import type { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { planRollingUpdate } from './plan-rollout.ts'
import { planScaling } from './plan-scaling.ts'

const deployment = (replicas: number, maxSurge: number | string, maxUnavailable: number | string) =>
  ({
    metadata: { name: 'd' },
    spec: { replicas, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } },
    status: {},
  }) as Deployment
const set = (name: string, replicas: number, options: { available?: number; maximum?: number } = {}) =>
  ({
    metadata: {
      name,
      creationTimestamp: `2026-01-01T00:00:0${name.charCodeAt(0) - 97}Z`,
      annotations: options.maximum === undefined ? {} : { 'deployment.kubernetes.io/max-replicas': String(options.maximum) },
    },
    spec: { replicas },
    status: { replicas, availableReplicas: options.available ?? replicas },
  }) as unknown as ReplicaSet
const sizes = (plan: readonly { set: ReplicaSet; replicas: number }[]) =>
  Object.fromEntries(plan.map(each => [each.set.metadata.name, each.replicas]))

describe('a rolling update', () => {
  it.each([
    ['first grows the new one by the surge', deployment(10, 3, 2), set('b', 0), [set('a', 10)], { b: 3 }],
    ['then shrinks the old one to what must stay available', deployment(10, 3, 2), set('b', 3, { available: 0 }), [set('a', 10)], { a: 8 }],
    ['waits while nothing may go', deployment(10, 3, 2), set('b', 5, { available: 0 }), [set('a', 8)], {}],
    [
      'takes those that do not work first',
      deployment(3, 1, 0),
      set('c', 1),
      [set('a', 2, { available: 2 }), set('b', 1, { available: 0 })],
      { b: 0 },
    ],
    ['moves without surge by making room', deployment(3, 0, 1), set('b', 0), [set('a', 3)], { a: 2 }],
    ['shrinks a new one that is too big', deployment(2, 1, 0), set('b', 5), [], { b: 2 }],
  ])('it %s', (...[, wanted, current, old, expected]) => {
    expect(sizes(planRollingUpdate(wanted, { current, old }))).toEqual(expected)
  })
})

describe('scaling', () => {
  it('reaches the only active ReplicaSet directly', () => {
    expect(sizes(planScaling(deployment(7, 1, 0), { current: set('b', 3), old: [set('a', 0)] }))).toEqual({ b: 7 })
  })

  it('in the middle of a rollout grows all in proportion', () => {
    const plan = planScaling(deployment(20, 0, 0), { current: set('b', 4, { maximum: 10 }), old: [set('a', 6, { maximum: 10 })] })
    expect(sizes(plan)).toEqual({ a: 12, b: 8 })
  })
})
