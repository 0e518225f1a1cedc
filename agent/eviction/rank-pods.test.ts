import { describe, expect, it } from '@jest/globals'
import type { Pod } from '../../api/core/pod.ts'
import { rankPods } from './rank-pods.ts'
import type { StarvedResource } from './thresholds.ts'

interface Candidate {
  readonly name: string
  readonly priority?: number
  readonly requests?: Record<string, string>
  /** Bytes; absent: not measured. */
  readonly memory?: number
  readonly disk?: number
  readonly processes?: number
}
const podOf = ({ name, priority, requests }: Candidate): Pod =>
  ({
    metadata: { name, uid: name },
    spec: { ...(priority === undefined ? {} : { priority }), containers: [{ name: 'c', resources: requests ? { requests } : {} }] },
  }) as unknown as Pod
const order = (candidates: readonly Candidate[], resource: StarvedResource) => {
  const usages = new Map(
    candidates.flatMap(({ name, memory = 0, disk = 0, processes = 0, ...rest }) =>
      'memory' in rest || memory + disk + processes > 0
        ? [[name, { containers: [{ name: 'c', workingSetBytes: memory, rootfsBytes: disk, processes }], volumes: new Map() }] as const]
        : [],
    ),
  )
  return rankPods(candidates.map(podOf), resource, usages).map(({ metadata }) => metadata.name)
}

describe('the order of eviction', () => {
  it.each<[string, StarvedResource, readonly Candidate[], readonly string[]]>([
    [
      'who uses more memory than it requested goes first, whatever its priority',
      'memory',
      [
        { name: 'within', priority: -10, requests: { memory: '100' }, memory: 90 },
        { name: 'beyond', priority: 1000, requests: { memory: '100' }, memory: 110 },
      ],
      ['beyond', 'within'],
    ],
    [
      'of those, the lower priority',
      'memory',
      [
        { name: 'high', priority: 10, memory: 500 },
        { name: 'low', priority: 1, memory: 5 },
      ],
      ['low', 'high'],
    ],
    [
      'of those, who exceeds its request by most: BestEffort and a small request are no different',
      'memory',
      [
        { name: 'small', memory: 10 },
        { name: 'burstable', requests: { memory: '100' }, memory: 200 },
        { name: 'big', memory: 150 },
      ],
      ['big', 'burstable', 'small'],
    ],
    ['who was not measured goes first', 'memory', [{ name: 'known', memory: 10 }, { name: 'unknown' }], ['unknown', 'known']],
    [
      'the disk counts against the request for it',
      'ephemeral-storage',
      [
        { name: 'within', requests: { 'ephemeral-storage': '1k' }, disk: 900 },
        { name: 'beyond', disk: 100 },
      ],
      ['beyond', 'within'],
    ],
    [
      'processes are counted after priorities',
      'pids',
      [
        { name: 'many', priority: 1, processes: 500 },
        { name: 'few', processes: 2 },
        { name: 'more', processes: 20 },
      ],
      ['more', 'few', 'many'],
    ],
  ])('%s', (_, resource, candidates, expected) => {
    expect(order(candidates, resource)).toEqual(expected)
  })
})
