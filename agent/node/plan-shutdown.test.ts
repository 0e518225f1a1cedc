import { describe, expect, it } from '@jest/globals'
import type { Pod } from '../../api/core/pod.ts'
import { shutdownGrace, shutdownGroups, shutdownPeriods } from './plan-shutdown.ts'

const pod = (name: string, priority?: number, grace?: number): Pod =>
  ({ metadata: { name }, spec: { priority, terminationGracePeriodSeconds: grace } }) as unknown as Pod

describe('shutdown periods', () => {
  it('are the time of most pods, then that of critical ones', () => {
    expect(shutdownPeriods({ total: 30_000, criticalPods: 10_000, byPodPriority: [] })).toEqual([
      { priority: 0, seconds: 20 },
      { priority: 2_000_000_000, seconds: 10 },
    ])
  })
  it.each([
    ['nothing is configured', 0, 0],
    ['the part exceeds the whole', 5_000, 10_000],
  ])('are none when %s', (_, total, criticalPods) => {
    expect(shutdownPeriods({ total, criticalPods, byPodPriority: [] })).toEqual([])
  })
  it('by priority take the place of both, lowest first', () => {
    const byPodPriority = [
      { priority: 1000, seconds: 5 },
      { priority: 0, seconds: 60 },
    ]
    expect(shutdownPeriods({ total: 30_000, criticalPods: 0, byPodPriority }).map(({ priority }) => priority)).toEqual([0, 1000])
  })
})

describe('shutdown groups', () => {
  const periods = [
    { priority: 10, seconds: 30 },
    { priority: 1000, seconds: 20 },
    { priority: 5000, seconds: 10 },
  ]
  it.each([
    ['below all', -5, 10],
    ['at a boundary', 1000, 1000],
    ['between two', 999, 10],
    ['above all', 99_999, 5000],
    ['without a priority', undefined, 10],
  ])('a pod %s', (_, priority, group) => {
    expect(shutdownGroups(periods, [pod('p', priority)]).map(({ priority: of }) => of)).toEqual([group])
  })
  it('give a pod what it asks for, at most what there is', () => {
    expect(shutdownGrace(pod('p', 0, 5), { priority: 0, seconds: 20 })).toBe(5)
    expect(shutdownGrace(pod('p', 0, 60), { priority: 0, seconds: 20 })).toBe(20)
    expect(shutdownGrace(pod('p'), { priority: 0, seconds: 20 })).toBe(20)
  })
})
