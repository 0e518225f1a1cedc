import { describe, expect, it } from '@jest/globals'
import { isMeasured } from './stats.ts'

/** What engines answer about a container that ends while it is asked for. */
const readings = {
  whole: { read: '2026-01-02T03:04:05.678Z', memory_stats: { usage: 1 } },
  'no figures, in the time before all times': { read: '0001-01-01T00:00:00Z', memory_stats: {} },
  'an empty answer': '',
  'a name alone': { read: undefined, memory_stats: undefined },
}

describe('what an engine says of a container', () => {
  it.each(Object.entries(readings))('%s', (name, reading) =>
    expect(isMeasured(reading as unknown as Parameters<typeof isMeasured>[0])).toBe(name === 'whole'),
  )
})
