import { describe, expect, it } from '@jest/globals'
import { nothingShort, planEviction, type EvictionState } from './plan-eviction.ts'
import { parseThresholds, type Observations } from './thresholds.ts'

const thresholds = parseThresholds({
  hard: { 'nodefs.available': '100', 'memory.available': '50' },
  soft: { 'memory.available': '200' },
  softGracePeriod: { 'memory.available': '30s' },
  minimumReclaim: { 'nodefs.available': '400' },
})
const free = (memory: number, disk: number): Observations => ({
  'memory.available': { available: memory, capacity: 1000 },
  'nodefs.available': { available: disk, capacity: 1000 },
})
const look = (state: EvictionState, observations: Observations, seconds: number) =>
  planEviction(state, { thresholds, observations, transitionPeriodMs: 60_000, now: seconds * 1000 })

/** One look after the other: [second, free memory, free disk] → what the conditions say and what is reclaimed. */
const course = (looks: readonly (readonly [number, number, number])[]) => {
  const states = [nothingShort]
  return looks.map(([second, memory, disk]) => {
    const plan = look(states.at(-1) ?? nothingShort, free(memory, disk), second)
    states.push(plan.state)
    return [plan.pressures.join(), plan.reclaim?.resource]
  })
}

describe('the plan of an eviction', () => {
  it('is to do nothing where nothing is short', () => {
    expect(course([[0, 500, 500]])).toEqual([['', undefined]])
  })
  it('reclaims at once what a hard threshold is about', () => {
    expect(course([[0, 500, 99]])).toEqual([['DiskPressure', 'ephemeral-storage']])
  })
  it('waits for the grace period of a soft threshold, of which the condition tells at once', () => {
    expect(
      course([
        [0, 150, 500],
        [29, 150, 500],
        [30, 150, 500],
      ]),
    ).toEqual([
      ['MemoryPressure', undefined],
      ['MemoryPressure', undefined],
      ['MemoryPressure', 'memory'],
    ])
  })
  it('begins the grace period anew when the threshold was not met meanwhile', () => {
    expect(
      course([
        [0, 150, 500],
        [20, 300, 500],
        [40, 150, 500],
        [60, 150, 500],
      ]).map(([, resource]) => resource),
    ).toEqual([undefined, undefined, undefined, undefined])
  })
  it('goes on until the minimum is reclaimed', () => {
    expect(
      course([
        [0, 500, 99],
        [10, 500, 300],
        [20, 500, 500],
      ]).map(([, resource]) => resource),
    ).toEqual(['ephemeral-storage', 'ephemeral-storage', undefined])
  })
  it('keeps the condition for the transition period', () => {
    expect(
      course([
        [0, 40, 500],
        [59, 500, 500],
        [60, 500, 500],
      ]).map(([pressures]) => pressures),
    ).toEqual(['MemoryPressure', 'MemoryPressure', ''])
  })
  it('reclaims memory before everything else', () => {
    expect(course([[0, 40, 99]])).toEqual([['DiskPressure,MemoryPressure', 'memory']])
  })
})
