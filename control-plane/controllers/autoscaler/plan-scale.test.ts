import { describe, expect, it } from '@jest/globals'
import { planScale, type ScaleQuestion } from './plan-scale.ts'

const now = 10_000_000
const ago = (seconds: number) => now - seconds * 1000
const ask = (current: number, desired: number, more: Partial<ScaleQuestion> = {}) => {
  const question = { current, desired, min: 1, max: 100, behavior: undefined, recommendations: [], changes: [], now, ...more }
  const { replicas, able, limited } = planScale(question)
  return [replicas, able.reason, limited.reason, limited.status]
}
const rule = (type: string, value: number, periodSeconds = 60) => ({ type, value, periodSeconds })
const up = (policies: object[], more: object = {}) => ({ scaleUp: { policies, ...more } }) as ScaleQuestion['behavior']
const down = (policies: object[], more: object = {}) =>
  ({ scaleDown: { policies, stabilizationWindowSeconds: 0, ...more } }) as ScaleQuestion['behavior']

describe('the size without behaviours', () => {
  it.each([
    [5, 7, {}, [7, 'ReadyForNewScale', 'DesiredWithinRange', 'False']],
    [1, 30, {}, [4, 'ReadyForNewScale', 'ScaleUpLimit', 'True']],
    [5, 30, {}, [10, 'ReadyForNewScale', 'ScaleUpLimit', 'True']],
    [5, 9, { max: 8 }, [8, 'ReadyForNewScale', 'TooManyReplicas', 'True']],
    [5, 1, { min: 2 }, [2, 'ReadyForNewScale', 'TooFewReplicas', 'True']],
    [5, 2, { recommendations: [{ replicas: 5, at: ago(299) }] }, [5, 'ScaleDownStabilized', 'DesiredWithinRange', 'False']],
    [5, 2, { recommendations: [{ replicas: 5, at: ago(301) }] }, [2, 'ReadyForNewScale', 'DesiredWithinRange', 'False']],
  ])('goes from %i to %i %j: %j', (current, desired, more, expected) => {
    expect(ask(current, desired, more)).toEqual(expected)
  })
})

describe('the size with behaviours', () => {
  it.each([
    ['at most so many more', 10, 30, { behavior: up([rule('Pods', 4)]) }, [14, 'ReadyForNewScale', 'ScaleUpLimit', 'True']],
    [
      'or so many per cent',
      10,
      30,
      { behavior: up([rule('Pods', 4), rule('Percent', 100)]) },
      [20, 'ReadyForNewScale', 'ScaleUpLimit', 'True'],
    ],
    [
      'whichever is less, if told so',
      10,
      30,
      { behavior: up([rule('Pods', 4), rule('Percent', 100)], { selectPolicy: 'Min' }) },
      [14, 'ReadyForNewScale', 'ScaleUpLimit', 'True'],
    ],
    [
      'minus what came within the period',
      14,
      30,
      { behavior: up([rule('Pods', 4)]), changes: [{ by: 4, at: ago(30) }] },
      [14, 'ReadyForNewScale', 'ScaleUpLimit', 'True'],
    ],
    [
      'all again when it is over',
      14,
      30,
      { behavior: up([rule('Pods', 4)]), changes: [{ by: 4, at: ago(61) }] },
      [18, 'ReadyForNewScale', 'ScaleUpLimit', 'True'],
    ],
    ['no more at all', 10, 30, { behavior: up([], { selectPolicy: 'Disabled' }) }, [10, 'ReadyForNewScale', 'ScaleUpLimit', 'True']],
    ['at most so many less', 10, 2, { behavior: down([rule('Pods', 3)]) }, [7, 'ReadyForNewScale', 'ScaleDownLimit', 'True']],
    [
      'or so many per cent less',
      10,
      2,
      { behavior: down([rule('Percent', 50), rule('Pods', 3)]) },
      [5, 'ReadyForNewScale', 'ScaleDownLimit', 'True'],
    ],
    [
      'no fewer than the least',
      10,
      2,
      { behavior: down([rule('Percent', 100)]), min: 4 },
      [4, 'ReadyForNewScale', 'TooFewReplicas', 'True'],
    ],
    [
      'steadied upwards',
      5,
      9,
      { behavior: up([rule('Percent', 100)], { stabilizationWindowSeconds: 60 }), recommendations: [{ replicas: 6, at: ago(30) }] },
      [6, 'ScaleUpStabilized', 'DesiredWithinRange', 'False'],
    ],
    [
      'steadied downwards for five minutes unless told otherwise',
      5,
      2,
      { behavior: { scaleDown: { policies: [rule('Percent', 100)] } } as never, recommendations: [{ replicas: 4, at: ago(200) }] },
      [4, 'ScaleDownStabilized', 'DesiredWithinRange', 'False'],
    ],
  ])('is %s', (_, current, desired, more, expected) => {
    expect(ask(current, desired, more)).toEqual(expected)
  })
})
