import { describe, expect, it } from '@jest/globals'
import type { GraphNode } from './graph.ts'
import { planCollection, type OwnerState } from './plan-collection.ts'

const owned = (...owners: string[]) =>
  ({ kind: {}, metadata: { uid: 'x', ownerReferences: owners.map(uid => ({ uid })) } }) as unknown as GraphNode
const states =
  (map: Record<string, OwnerState>) =>
  ({ uid }: { uid: string }) =>
    map[uid] ?? 'absent'

describe('garbage collection', () => {
  it.each([
    ['keeps what has a living owner', owned('a'), { a: 'solid' }, false, { action: 'keep' }],
    ['keeps what never had one', owned(), {}, false, { action: 'keep' }],
    ['deletes what lost all', owned('a', 'b'), {}, false, { action: 'delete', propagationPolicy: 'Background' }],
    ['forgets lost owners beside living ones', owned('a', 'b'), { a: 'solid' }, false, { action: 'forget', uids: ['b'] }],
    ['hands foreground deletion on', owned('a'), { a: 'waiting' }, true, { action: 'delete', propagationPolicy: 'Foreground' }],
    ['deletes leaves of foreground deletion', owned('a'), { a: 'waiting' }, false, { action: 'delete', propagationPolicy: 'Background' }],
  ] as [string, GraphNode, Record<string, OwnerState>, boolean, object][])('it %s', (...[, node, known, hasDependents, expected]) => {
    expect(planCollection(node, states(known), hasDependents)).toEqual(expected)
  })
})
