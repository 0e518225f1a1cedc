import { describe, expect, it } from '@jest/globals'
import type { Pod } from '../../../api/core/pod.ts'
import { planReplicas, type ResourceQuestion, type Usage } from './plan-replicas.ts'

const now = new Date('2026-01-01T01:00:00Z')
/** `a=50`: pod a uses 50 of the 100 it asked for; `!` is not ready, `+` has just started, `?` pending, `x` failed; `a` was not measured. */
function scene(text: string): Pick<ResourceQuestion, 'pods' | 'usage'> {
  const usage = new Map<string, Usage>()
  const pods = text
    .split(' ')
    .filter(Boolean)
    .map(each => {
      const [, name = '', , value, mark] = /^(\w)(=(\d+))?([!+?x])?$/.exec(each) ?? []
      if (value !== undefined) usage.set(name, { value: Number(value), at: now, window: 30_000 })
      const startTime = mark === '+' ? '2026-01-01T00:59:00Z' : '2026-01-01T00:00:00Z'
      const ready = { type: 'Ready', status: mark === '!' || mark === '+' ? 'False' : 'True', lastTransitionTime: '2026-01-01T00:00:10Z' }
      return {
        metadata: { name },
        spec: { containers: [{ name: 'c', resources: { requests: { cpu: '100m', memory: '100m' } } }] },
        status: { phase: mark === '?' ? 'Pending' : mark === 'x' ? 'Failed' : 'Running', startTime, conditions: [ready] },
      } as unknown as Pod
    })
  return { pods, usage }
}
const plan = (text: string, more: Partial<ResourceQuestion> = {}) => {
  const { pods, usage } = scene(text)
  const defaults = { resource: 'cpu', target: { utilization: 50 }, tolerance: { up: 0.1, down: 0.1 }, now }
  return planReplicas({ ...defaults, pods, usage, replicas: pods.length, ...more })
}

describe('the number of pods that a resource asks for', () => {
  it.each([
    ['grows with the usage', 'a=100 b=100', 4],
    ['rounds up', 'a=60 b=60 c=60', 4],
    ['shrinks with it', 'a=20 b=20 c=20 d=20', 2],
    ['stays within the tolerance', 'a=54 b=54', 2],
    ['takes pods that were not measured as idle when it grows', 'a=100 b=100 c', 4],
    ['takes them as busy when it shrinks', 'a=10 b=10 c', 3],
    ['takes pods that start as idle when it grows', 'a=200 b=90+', 4],
    ['leaves them out when it shrinks', 'a=20 b=20 c=20 d=20 e=90+', 2],
    ['leaves out pods that were never ready', 'a=100 b=0!', 2],
    ['leaves out pods that have failed', 'a=100 b=5x', 2],
    ['counts pods without a node yet as idle', 'a=100 b?', 2],
  ])('%s: %s', (_, text, replicas) => {
    expect(plan(text).replicas).toBe(replicas)
  })

  it('can be asked by the amount', () => {
    expect(plan('a=100 b=100', { resource: 'memory', target: { value: 40 } })).toEqual({ replicas: 5, average: 100 })
  })

  it('tells what was measured', () => {
    expect(plan('a=30 b=60')).toMatchObject({ utilization: 45, average: 45 })
  })

  it.each([
    ['', 'no pods returned by selector while calculating replica count'],
    ['a', 'did not receive metrics for targeted pods (pods might be unready)'],
  ])('cannot be told of "%s"', (text, message) => {
    expect(() => plan(text)).toThrow(message)
  })

  it('needs requests where a percentage is the target', () => {
    const { pods, usage } = scene('a=5')
    const bare = pods.map(pod => ({ ...pod, spec: { containers: [{ name: 'c' }] } }) as unknown as Pod)
    expect(() => plan('', { pods: bare, usage })).toThrow('missing request for cpu in container c of Pod a')
  })
})
