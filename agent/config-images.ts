import { count, delays, duration, oneOf, wrong } from './config-values.ts'
import type { ImageSettings } from './images/image-manager.ts'
import type { ImageGcPolicy } from './images/plan-image-gc.ts'

/** How images get to the node, and when they go again. */
export interface ImageConfig {
  readonly images: ImageSettings
  readonly imageGc: ImageGcPolicy
}

export const imageDefaults = {
  'image-backoff': '10s-300s',
  /** 0: as many as there are. */
  'parallel-pulls': '1',
  /** Pulls a second in the long run, and at once; 0: as many as there are. */
  'registry-qps': '5',
  'registry-burst': '10',
  /** What happens when no registry answers: `use-local-image` with a Warning, or `fail` as upstream. */
  'unreachable-registry': 'use-local-image',
  'image-pull-progress-deadline': '60s',
  /** Percent of the disk. */
  'image-gc-high-threshold': '85',
  'image-gc-low-threshold': '80',
  'image-gc-minimum-age': '120s',
  /** 0s: none. */
  'image-gc-maximum-age': '0s',
  'image-gc-period': '300s',
} as const
type Option = keyof typeof imageDefaults

export function readImageConfig(read: (option: Option) => string): ImageConfig {
  const backoff = delays('image-backoff', read('image-backoff'))
  const policies = ['use-local-image', 'fail']
  return {
    images: {
      parallelPulls: count('parallel-pulls', read('parallel-pulls')),
      pullRate: { qps: count('registry-qps', read('registry-qps')), burst: count('registry-burst', read('registry-burst')) },
      backoffInitialMs: backoff.initialMs,
      backoffMaxMs: backoff.maxMs,
      unreachableRegistry: oneOf('unreachable-registry', read('unreachable-registry'), policies) as ImageSettings['unreachableRegistry'],
      progressDeadlineMs: duration('image-pull-progress-deadline', read('image-pull-progress-deadline')),
    },
    imageGc: {
      ...thresholds(read('image-gc-high-threshold'), read('image-gc-low-threshold')),
      minAgeMs: duration('image-gc-minimum-age', read('image-gc-minimum-age')),
      maxAgeMs: duration('image-gc-maximum-age', read('image-gc-maximum-age')),
      periodMs: duration('image-gc-period', read('image-gc-period')),
    },
  }
}

/** Percent, the low one not above the high one. */
function thresholds(high: string, low: string) {
  const highThresholdPercent = count('image-gc-high-threshold', high)
  const lowThresholdPercent = count('image-gc-low-threshold', low)
  if (highThresholdPercent > 100) throw wrong('image-gc-high-threshold', high, 'in range [0-100]')
  if (lowThresholdPercent > highThresholdPercent) throw wrong('image-gc-low-threshold', low, `below the high threshold, ${high}`)
  return { highThresholdPercent, lowThresholdPercent }
}
