import { describe, expect, it } from '@jest/globals'
import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import { allocationOfSpec, allocationOfStatus, isGranted } from './allocation.ts'
import { inUpdateOrder, memoryRefusal, type ResourceUpdate } from './resize-actions.ts'
import { inResizeOrder, judgeResize } from './resize-verdict.ts'

const node = { metadata: { name: 'n' }, status: { allocatable: { cpu: '2', memory: '1Gi', pods: '110' } } } as unknown as Node
const podOf = (name: string, cpu: string, spec: object = {}): Pod =>
  ({
    metadata: { name, uid: name },
    spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }], ...spec },
    status: {},
  }) as unknown as Pod

describe('a resize', () => {
  it.each<[string, string, Pod[], object | undefined]>([
    ['granted when it fits', '1', [podOf('other', '1')], undefined],
    [
      'deferred while others use what it wants',
      '1500m',
      [podOf('other', '1')],
      { reason: 'Deferred', message: "Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000" },
    ],
    [
      'infeasible where there never is as much',
      '3',
      [],
      { reason: 'Infeasible', message: "Node didn't have enough capacity: cpu, requested: 3000, capacity: 2000" },
    ],
  ])('is %s', (_, cpu, others, expected) => {
    expect(judgeResize(podOf('p', cpu), others, node)).toEqual(expected)
  })

  it('waits behind those that ask for no more, that matter more, that have waited longer', () => {
    const waiting = (name: string, cpu: string, { priority = 0, since = '2026-01-01T00:00:00Z' } = {}) => ({
      pod: podOf(name, cpu, { priority }),
      granted: podOf(name, '1'),
      since,
    })
    const order = inResizeOrder([
      waiting('late', '2', { since: '2026-01-01T00:00:09Z' }),
      waiting('early', '2'),
      waiting('important', '2', { priority: 5 }),
      waiting('smaller', '500m'),
    ])
    expect(order.map(({ pod }) => pod.metadata.name)).toEqual(['smaller', 'important', 'early', 'late'])
  })
})

describe('updates of what runs', () => {
  const update = (name: string | undefined, from: number, to: number): ResourceUpdate => ({
    id: name ?? 'whole',
    ...(name ? { name } : {}),
    from: { memoryBytes: from },
    to: { memoryBytes: to },
  })
  it('let the whole grow before its parts and shrink after them; parts shrink before others grow', () => {
    const ids = (updates: ResourceUpdate[]) => inUpdateOrder(updates).map(({ id }) => id)
    expect(ids([update('grows', 1, 2), update('shrinks', 2, 1), update(undefined, 3, 4)])).toEqual(['whole', 'shrinks', 'grows'])
    expect(ids([update(undefined, 4, 3), update('grows', 1, 2), update('shrinks', 3, 1)])).toEqual(['shrinks', 'grows', 'whole'])
  })

  it('lower no memory limit below what is in use', () => {
    const usage = new Map([['c', 150]])
    expect(memoryRefusal([update('c', 200, 160)], usage, {})).toBeUndefined()
    expect(memoryRefusal([update('c', 200, 100)], usage, {})).toBe(
      'cannot decrease memory limits: attempting to set container "c" memory limit (100) below current usage (150)',
    )
    expect(memoryRefusal([update('c', 200, 100)], usage, { from: 200, to: 100 })).toBe(
      'cannot decrease memory limits: [attempting to set pod memory limit (100) below current usage (150), attempting to set container "c" memory limit (100) below current usage (150)]',
    )
  })
})

describe('what a pod was granted', () => {
  const wants = (cpu: string, status: object): Pod =>
    ({
      metadata: { name: 'p', uid: 'p' },
      spec: {
        containers: [{ name: 'c', resources: { requests: { cpu, 'example.com/a': '1' }, limits: { cpu: '2', 'example.com/a': '1' } } }],
      },
      status,
    }) as unknown as Pod
  const granted = {
    containerStatuses: [{ name: 'c', allocatedResources: { cpu: '1', 'example.com/a': '1' }, resources: { limits: { cpu: '2' } } }],
  }

  it('is its spec, until a status says otherwise', () => {
    expect(isGranted(wants('1500m', {}).spec, allocationOfStatus(wants('1500m', {})))).toBe(true)
  })

  it('is read from the status by an agent that did not grant it', () => {
    const allocation = allocationOfStatus(wants('1500m', granted))
    expect(allocation.containers.get('c')).toEqual(wants('1', {}).spec.containers[0]?.resources)
    expect(isGranted(wants('1500m', granted).spec, allocation)).toBe(false)
    expect(isGranted(wants('1000m', granted).spec, allocation)).toBe(true)
    expect(isGranted(wants('1', granted).spec, allocationOfSpec(wants('1', {}).spec))).toBe(true)
  })
})
