import { describe, expect, it } from '@jest/globals'
import type { Node } from '../../../api/core/node.ts'
import { plannedTaints, silentConditions } from './plan-node.ts'
import { evictionTime } from './taint-eviction.ts'

const now = new Date('2026-01-01T00:10:00Z')
const node = (ready: string, taints: object[] = [], unschedulable = false) =>
  ({
    metadata: { name: 'n', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { taints, unschedulable },
    status: { conditions: [{ type: 'Ready', status: ready }] },
  }) as unknown as Node
const named = (taints: readonly { key: string; effect: string }[]) =>
  taints.map(({ key, effect }) => `${key.split('/')[1] ?? key}:${effect}`)

describe('a node', () => {
  it.each([
    [
      'that is ready loses the taints of its past, not its own',
      node('True', [
        { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
        { key: 'mine', effect: 'NoSchedule' },
      ]),
      ['mine:NoSchedule'],
    ],
    ['that is not ready gets both taints', node('False'), ['not-ready:NoSchedule', 'not-ready:NoExecute']],
    ['that is silent is unreachable', node('Unknown'), ['unreachable:NoSchedule', 'unreachable:NoExecute']],
    ['that is cordoned says so', node('True', [], true), ['unschedulable:NoSchedule']],
  ])('it %s', (_, given, expected) => {
    expect(named(plannedTaints(given, now))).toEqual(expected)
  })

  it('that fell silent has unknown conditions, in words that tell whether it ever spoke', () => {
    expect(silentConditions(node('True'), now).map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['Ready', 'Unknown', 'NodeStatusUnknown'],
      ['MemoryPressure', 'Unknown', 'NodeStatusNeverUpdated'],
      ['DiskPressure', 'Unknown', 'NodeStatusNeverUpdated'],
      ['PIDPressure', 'Unknown', 'NodeStatusNeverUpdated'],
    ])
  })
})

describe('eviction by taints', () => {
  const taint = { key: 'k', effect: 'NoExecute' as const, timeAdded: '2026-01-01T00:00:00Z' }
  const added = Date.parse(taint.timeAdded)
  it.each([
    ['at once without toleration', [], added],
    ['after the seconds that are tolerated', [{ key: 'k', operator: 'Exists' as const, tolerationSeconds: 300 }], added + 300_000],
    ['never when tolerated for good', [{ operator: 'Exists' as const }], undefined],
  ])('it comes %s', (_, tolerations, expected) => {
    expect(evictionTime([taint], tolerations, now.getTime())).toBe(expected)
  })
})
