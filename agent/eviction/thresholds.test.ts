import { describe, expect, it } from '@jest/globals'
import { amountOf, hardReserve, metThresholds, parseThresholds, type Observations, type ThresholdSettings } from './thresholds.ts'

const parsed = (settings: Partial<ThresholdSettings>) =>
  parseThresholds({ hard: {}, soft: {}, softGracePeriod: {}, minimumReclaim: {}, ...settings })
const Mi = 2 ** 20

describe('eviction thresholds', () => {
  it('are read from signals and quantities or shares; memory bounds what pods may use, too', () => {
    const thresholds = parsed({ hard: { 'memory.available': '100Mi', 'nodefs.available': '10%', 'nodefs.inodesFree': '0%' } })
    expect(thresholds.map(({ signal, gracePeriodMs }) => [signal, gracePeriodMs])).toEqual([
      ['memory.available', 0],
      ['nodefs.available', 0],
      ['allocatableMemory.available', 0],
    ])
    expect(thresholds.map(({ value }) => amountOf(value, 1000 * Mi))).toEqual([100 * Mi, 104857601, 100 * Mi])
  })

  it.each<[string, Partial<ThresholdSettings>, string]>([
    ['an unknown signal', { hard: { 'nodefs.free': '1Gi' } }, 'unsupported eviction signal nodefs.free'],
    [
      'a share above the whole',
      { hard: { 'nodefs.available': '110%' } },
      'eviction percentage threshold nodefs.available must be <= 100%: 110%',
    ],
    ['nothing', { hard: { 'memory.available': '0' } }, 'eviction threshold memory.available must be positive: 0'],
    [
      'a soft threshold without a grace period',
      { soft: { 'memory.available': '1Gi' } },
      'grace period must be specified for the soft eviction threshold memory.available',
    ],
    [
      'a grace period that is none',
      { soft: { 'memory.available': '1Gi' }, softGracePeriod: { 'memory.available': '-1s' } },
      'invalid eviction grace period specified: -1s, must be a positive value',
    ],
    [
      'a share of nothing to reclaim',
      { minimumReclaim: { 'nodefs.available': '0%' } },
      'eviction percentage minimum reclaim nodefs.available must be positive: 0%',
    ],
  ])('refuse %s', (_, settings, message) => {
    expect(() => parsed(settings)).toThrow(message)
  })

  it.each([
    ['more is available', 301, [], []],
    ['exactly the threshold is available', 100, [], ['nodefs.available']],
    ['less is available', 99, ['nodefs.available'], ['nodefs.available']],
    ['as much as has to be reclaimed is available', 150, [], []],
  ])('when %s', (_, available, met, unresolved) => {
    const thresholds = parsed({ hard: { 'nodefs.available': '100' }, minimumReclaim: { 'nodefs.available': '50' } })
    const observations: Observations = { 'nodefs.available': { available, capacity: 1000 } }
    expect(metThresholds(thresholds, observations, { withReclaim: false }).map(({ signal }) => signal)).toEqual(met)
    expect(metThresholds(thresholds, observations, { withReclaim: true }).map(({ signal }) => signal)).toEqual(unresolved)
  })

  it('are not met by what nobody observes', () => {
    expect(metThresholds(parsed({ hard: { 'pid.available': '100' } }), {}, { withReclaim: false })).toEqual([])
  })

  it('reserve what the hard ones among them keep from pods', () => {
    const thresholds = parsed({
      hard: { 'memory.available': '100Mi' },
      soft: { 'nodefs.available': '10%' },
      softGracePeriod: { 'nodefs.available': '1m' },
    })
    expect(hardReserve(thresholds, { memoryBytes: 1000 * Mi, storageBytes: 1000 })).toEqual({ memory: 100 * Mi, 'ephemeral-storage': 0 })
  })
})
