import { describe, expect, it } from '@jest/globals'
import type { Pod } from '../../../api/core/pod.ts'
import type { PodDisruptionBudget } from '../../../api/policy/pod-disruption-budget.ts'
import { expectedPods, needsScale, planBudget } from './plan-budget.ts'

const now = new Date('2026-01-01T00:10:00Z')
const budget = (spec: object, status: object = {}) =>
  ({
    metadata: { name: 'b', namespace: 'default', generation: 3 },
    spec,
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, ...status },
  }) as unknown as PodDisruptionBudget
const pod = (name: string, ready = true, metadata: object = {}) =>
  ({
    metadata: { name, namespace: 'default', uid: name, ...metadata },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }) as unknown as Pod

describe('how many pods a budget wants', () => {
  it.each<[object, number, number, { expected: number; desiredHealthy: number }]>([
    [{ minAvailable: 2 }, 3, 0, { expected: 3, desiredHealthy: 2 }],
    [{ minAvailable: '50%' }, 3, 5, { expected: 5, desiredHealthy: 3 }],
    [{ maxUnavailable: 1 }, 3, 5, { expected: 5, desiredHealthy: 4 }],
    [{ maxUnavailable: '25%' }, 3, 5, { expected: 5, desiredHealthy: 3 }],
    [{ maxUnavailable: 9 }, 3, 5, { expected: 5, desiredHealthy: 0 }],
    [{}, 3, 5, { expected: 0, desiredHealthy: 0 }],
  ])('%j with %i pods and a scale of %i', (spec, pods, scale, expected) => {
    expect(expectedPods(budget(spec), pods, scale)).toEqual(expected)
  })

  it('takes the scale of controllers unless it is a number to keep', () => {
    expect([{ minAvailable: 1 }, { minAvailable: '1%' }, { maxUnavailable: 1 }].map(spec => needsScale(budget(spec)))).toEqual([
      false,
      true,
      true,
    ])
  })

  it('refuses what is no percentage', () => {
    expect(() => expectedPods(budget({ minAvailable: 'x' }), 1, 1)).toThrow('invalid type: string is not a percentage')
  })
})

describe('the status of a budget', () => {
  const plan = (pods: Pod[], desiredHealthy: number, status: object = {}) =>
    planBudget(budget({}, status), pods, { expected: pods.length, desiredHealthy, now })

  it('allows what is healthy beyond what must be', () => {
    const { status } = plan([pod('a'), pod('b'), pod('c', false), pod('d', true, { deletionTimestamp: 'x' })], 1)
    expect(status).toEqual({
      currentHealthy: 2,
      desiredHealthy: 1,
      expectedPods: 4,
      disruptionsAllowed: 1,
      observedGeneration: 3,
      conditions: [
        {
          type: 'DisruptionAllowed',
          status: 'True',
          reason: 'SufficientPods',
          message: '',
          observedGeneration: 3,
          lastTransitionTime: '2026-01-01T00:10:00Z',
        },
      ],
    })
  })

  it('allows nothing when too few are healthy, or there are none', () => {
    expect(plan([pod('a')], 1).status).toMatchObject({
      disruptionsAllowed: 0,
      conditions: [{ status: 'False', reason: 'InsufficientPods' }],
    })
    expect(plan([], 0).status.disruptionsAllowed).toBe(0)
  })

  it('counts pods as gone whose eviction was granted, for two minutes', () => {
    const disruptedPods = { a: '2026-01-01T00:09:00Z', b: '2026-01-01T00:07:00Z', gone: '2026-01-01T00:09:59Z' }
    const planned = plan([pod('a'), pod('b'), pod('c')], 1, { disruptedPods })
    expect(planned.status).toMatchObject({ currentHealthy: 2, disruptedPods: { a: '2026-01-01T00:09:00Z' } })
    expect(planned.notDeleted.map(({ metadata }) => metadata.name)).toEqual(['b'])
    expect(planned.recheckAfter).toBe(60_000)
  })
})
