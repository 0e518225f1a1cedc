import { describe, expect, it } from '@jest/globals'
import type { Pod } from '../../../api/core/pod.ts'
import type { ApiError } from '../../../api/errors.ts'
import type { PodDisruptionBudget } from '../../../api/policy/pod-disruption-budget.ts'
import { budgetsOf, budgetVerdict, withDisruption } from './eviction-budget.ts'

const budget = (status: object = {}, spec: object = {}) =>
  ({
    metadata: { name: 'b', namespace: 'default', generation: 1 },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
    status: { observedGeneration: 1, disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3, ...status },
  }) as unknown as PodDisruptionBudget
const pod = (ready: boolean) =>
  ({
    metadata: { name: 'p', labels: { app: 'web' } },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }) as unknown as Pod
const cause = (message: string) => ({ code: 429, details: { causes: [{ reason: 'DisruptionBudget', message }] } })

describe('what a budget says to an eviction', () => {
  it.each<[string, PodDisruptionBudget, boolean, string | object]>([
    ['one is left', budget(), true, 'allowed'],
    ['none is left', budget({ disruptionsAllowed: 0 }), true, cause('The disruption budget b needs 2 healthy pods and has 3 currently')],
    ['unhealthy, enough others', budget({ disruptionsAllowed: 0 }), false, 'unhealthy'],
    [
      'unhealthy, too few others',
      budget({ disruptionsAllowed: 0, currentHealthy: 1 }),
      false,
      cause('The disruption budget b needs 2 healthy pods and has 1 currently'),
    ],
    [
      'unhealthy, always allowed',
      budget({ disruptionsAllowed: 0, currentHealthy: 1 }, { unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
      false,
      'unhealthy',
    ],
    [
      'not worked out yet',
      budget({ observedGeneration: 0 }),
      true,
      cause('The disruption budget b is still being processed by the server.'),
    ],
    [
      'failed',
      budget({
        disruptionsAllowed: 0,
        conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: 'found no controllers' }],
      }),
      true,
      cause('The disruption budget b does not allow evicting pods currently because it failed sync: found no controllers'),
    ],
    ['negative', budget({ disruptionsAllowed: -1 }), true, { code: 403 }],
  ])('%s', (_, given, ready, verdict) => {
    const actual = budgetVerdict(pod(ready), given, [])
    if (typeof verdict === 'string') expect(actual).toBe(verdict)
    else expect((actual as ApiError).status).toMatchObject(verdict)
  })

  it('refuses pods of several budgets', () => {
    expect((budgetVerdict(pod(true), budget(), [budget()]) as ApiError).code).toBe(500)
  })
})

it('is about the pods that its selector chooses: all for an empty one, none without', () => {
  const budgets = [{}, { matchLabels: { app: 'db' } }, undefined].map(selector => budget({}, { selector }))
  expect(budgetsOf(pod(true), budgets)).toEqual([budgets[0]])
})

it('has one less after an eviction, and names the pod', () => {
  const { status } = withDisruption(budget(), 'p', new Date('2026-01-01T00:00:00Z'))
  expect(status).toMatchObject({ disruptionsAllowed: 0, disruptedPods: { p: '2026-01-01T00:00:00Z' }, conditions: [{ status: 'False' }] })
})
