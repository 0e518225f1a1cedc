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
interface SetFacts {
  readonly available?: number
  readonly maximum?: number
  /** Pods that the status counts. */
  readonly pods?: number
  /** The ReplicaSet controller has not heard of the size yet. */
  readonly unheard?: true
}
const set = (name: string, replicas: number, options: SetFacts = {}) =>
  ({
    metadata: {
      name,
      ...(options.unheard ? { generation: 2 } : {}),
      creationTimestamp: `2026-01-01T00:00:0${name.charCodeAt(0) - 97}Z`,
      annotations: options.maximum === undefined ? {} : { 'deployment.kubernetes.io/max-replicas': String(options.maximum) },
    },
    spec: { replicas },
    status: { replicas: options.pods ?? replicas, availableReplicas: options.available ?? replicas },
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
    [
      'does not grow into room that old pods have yet',
      deployment(10, 3, 2),
      set('b', 3, { available: 0 }),
      [set('a', 8, { pods: 10 })],
      {},
    ],
    ['does not grow while nobody knows how many there are', deployment(10, 3, 2), set('b', 0), [set('a', 8, { unheard: true })], {}],
    [
      'does not count on pods that are to go',
      deployment(6, 0, 1),
      set('b', 1),
      [set('a', 4, { available: 6, pods: 6 }), set('c', 1)],
      { a: 3 },
    ],
    [
      'does not count on pods of one that has not heard of its size',
      deployment(6, 2, 2),
      set('b', 6, { unheard: true }),
      [set('a', 2)],
      {},
    ],
    ['shrinks a new one that is too big', deployment(2, 1, 0), set('b', 5), [], { b: 2 }],
  ])('it %s', (...[, wanted, current, old, expected]) => {
    expect(sizes(planRollingUpdate(wanted, { current, old }))).toEqual(expected)
  })
})

describe('scaling', () => {
  it('reaches the only active ReplicaSet directly', () => {
    expect(sizes(planScaling(deployment(7, 1, 0), { current: set('b', 3), old: [set('a', 0)] }))).toEqual({ b: 7 })
  })

  it.each([
    ['shares what is taken away', deployment(5, 0, 0), set('b', 4, { maximum: 10 }), [set('a', 6, { maximum: 10 })], { a: 3, b: 2 }],
    ['to nothing takes all away', deployment(0, 1, 0), set('b', 4, { maximum: 11 }), [set('a', 6, { maximum: 11 })], { a: 0, b: 0 }],
    ['of equals the newer grows first', deployment(11, 0, 0), set('b', 5, { maximum: 10 }), [set('a', 5, { maximum: 10 })], { a: 5, b: 6 }],
    [
      'of equals the older shrinks first',
      deployment(9, 0, 0),
      set('b', 5, { maximum: 10 }),
      [set('a', 5, { maximum: 10 })],
      { a: 4, b: 5 },
    ],
    [
      'without a known maximum goes by the pods that there are',
      deployment(20, 0, 0),
      set('b', 4, { maximum: 0 }),
      [set('a', 6)],
      { a: 12, b: 8 },
    ],
    [
      'waits for pods that are to go',
      deployment(20, 0, 0),
      set('b', 4, { maximum: 10 }),
      [set('a', 6, { maximum: 10, unheard: true })],
      { a: 6, b: 4 },
    ],
    ['ends old ones when the new one has all', deployment(3, 1, 0), set('b', 3), [set('a', 2)], { a: 0 }],
  ])('%s', (_, wanted, current, old, expected) => {
    const saturated = {
      ...current,
      metadata: {
        ...current.metadata,
        annotations: { ...current.metadata.annotations, 'deployment.kubernetes.io/desired-replicas': String(wanted.spec.replicas) },
      },
    }
    expect(sizes(planScaling({ ...wanted, status: { replicas: 10 } }, { current: saturated as never, old }))).toEqual(expected)
  })

  it('in the middle of a rollout grows all in proportion', () => {
    const plan = planScaling(deployment(20, 0, 0), { current: set('b', 4, { maximum: 10 }), old: [set('a', 6, { maximum: 10 })] })
    expect(sizes(plan)).toEqual({ a: 12, b: 8 })
  })
})
