import { describe, expect, it } from '@jest/globals'
import type { StatefulSet, StatefulSetSpec } from '../../../api/apps/stateful-set.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { planPods, type StatefulAction, type StatefulSetState } from './plan-pods.ts'
import { statefulSetStatus } from './stateful-set-status.ts'

const now = new Date('2026-01-01T01:00:00Z')
const statefulSet = (spec: Partial<StatefulSetSpec> = {}) =>
  ({
    metadata: { name: 'web', namespace: 'default', generation: 1, uid: 'set' },
    spec: { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } }, ...spec },
    status: { replicas: 0 },
  }) as StatefulSet

/** `2old!` is number 2 of the old revision: `!` is not ready, `~` terminating, `x` failed, `?` pending, `*` without its labels. */
function pod(text: string): Pod {
  const [, digits, revision, mark] = /^(\d+)(old|new)?([!~x?*])?$/.exec(text) ?? []
  const phase = mark === 'x' ? 'Failed' : mark === '?' ? 'Pending' : 'Running'
  const identity = { 'statefulset.kubernetes.io/pod-name': `web-${digits}`, 'apps.kubernetes.io/pod-index': digits }
  const ready = mark === '!' || phase !== 'Running' ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:59:50Z' }]
  return {
    metadata: {
      name: `web-${digits}`,
      uid: text,
      labels: { 'controller-revision-hash': revision ?? 'new', ...(mark === '*' ? {} : identity) },
      ...(mark === '~' ? { deletionTimestamp: '2026-01-01T00:59:00Z' } : {}),
    },
    spec: {},
    status: { phase, conditions: ready },
  } as unknown as Pod
}
const words = (action: StatefulAction) =>
  action.do === 'create' ? `create ${action.ordinal} ${action.revision}` : `${action.do} ${action.pod.metadata.name.slice(4)}`
const planOf = (set: StatefulSet, pods: string, facts: Partial<StatefulSetState> = {}) =>
  planPods({
    set,
    pods: pods.split(' ').filter(Boolean).map(pod),
    current: 'old',
    update: 'new',
    isStale: () => false,
    isSettled: () => true,
    now,
    ...facts,
  }).actions.map(words)
const rolling = (rollingUpdate: object, more: Partial<StatefulSetSpec> = {}) =>
  statefulSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate }, ...more })
const parallel: Partial<StatefulSetSpec> = { podManagementPolicy: 'Parallel' }

describe('a StatefulSet', () => {
  it.each([
    ['begins with its first number', statefulSet(), '', ['create 0 new']],
    ['goes on when that is ready', statefulSet(), '0', ['create 1 new']],
    ['waits while it is not', statefulSet(), '0!', []],
    ['waits for minReadySeconds too', statefulSet({ minReadySeconds: 60 }), '0', []],
    ['fills a gap before anything else', statefulSet(), '0 2', ['create 1 new']],
    ['counts from ordinals.start', statefulSet({ ordinals: { start: 5 } }), '5', ['create 6 new']],
    ['takes numbers below that away', statefulSet({ ordinals: { start: 1 } }), '0 1 2 3', ['delete 0']],
    ['waits for a pod that is ending', statefulSet(), '0 1~ 2', []],
    ['replaces a pod that has failed', statefulSet(), '0 1x 2', ['delete 1']],
    ['makes the claims of a pod that waits for them', statefulSet(), '0?', ['claim 0']],
    ['puts labels right', statefulSet(), '0 1* 2', ['repair 1']],
    ['makes all at once with Parallel', statefulSet(parallel), '1!', ['create 0 new', 'create 2 new']],
    ['is content', statefulSet(), '0 1 2', []],
  ])('%s', (_, set, pods, expected) => {
    expect(planOf(set, pods)).toEqual(expected)
  })

  it('waits for claims that go with an earlier pod', () => {
    expect(planOf(statefulSet(), '', { isStale: ordinal => ordinal === 0 })).toEqual([])
    expect(planOf(statefulSet(parallel), '', { isStale: ordinal => ordinal === 0 })).toEqual(['create 1 new', 'create 2 new'])
  })

  it('does nothing while it is being deleted', () => {
    const set = statefulSet()
    expect(planOf({ ...set, metadata: { ...set.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }, '')).toEqual([])
  })
})

describe('a smaller StatefulSet', () => {
  const one = (more: Partial<StatefulSetSpec> = {}) => statefulSet({ replicas: 1, ...more })
  it.each([
    ['takes the highest number first', one(), '0 1 2', ['delete 2']],
    ['waits until it is gone', one(), '0 1 2~', []],
    ['does not touch any while one that stays is broken', one(), '0! 1 2', []],
    ['waits for a lower one to get well', one(), '0 1! 2!', []],
    ['takes the only broken one', one(), '0 1 2!', ['delete 2']],
    ['takes all at once with Parallel', one(parallel), '0! 1 2!', ['delete 2', 'delete 1']],
  ])('%s', (_, set, pods, expected) => {
    expect(planOf(set, pods)).toEqual(expected)
  })

  it('hands claims over before the pods go', () => {
    expect(planOf(one(), '0 1 2', { isSettled: ({ metadata }) => metadata.name === 'web-0' })).toEqual(['settle 2', 'settle 1', 'delete 2'])
  })
})

describe('an update', () => {
  const all = '0old 1old 2old'
  it.each([
    ['begins at the highest number', rolling({ partition: 0 }), all, ['delete 2']],
    ['waits for the new pod', rolling({ partition: 0 }), '0old 1old 2!', []],
    ['goes on below it', rolling({ partition: 0 }), '0old 1old 2', ['delete 1']],
    ['stops at the partition', rolling({ partition: 2 }), '0old 1old 2', []],
    ['replaces pods below the partition by their old revision', rolling({ partition: 2 }), '0old 2', ['create 1 old']],
    ['replaces pods above it by the new one', rolling({ partition: 1 }), '0old 2', ['create 1 new']],
    ['does nothing by itself with OnDelete', statefulSet({ updateStrategy: { type: 'OnDelete' } }), all, []],
    ['uses the new revision with OnDelete', statefulSet({ updateStrategy: { type: 'OnDelete' } }), '0old 2old', ['create 1 new']],
    ['takes as many as may be missing', rolling({ partition: 0, maxUnavailable: 2 }), all, ['delete 2', 'delete 1']],
    ['takes at least one', rolling({ partition: 0, maxUnavailable: '10%' }), all, ['delete 2']],
    ['counts those that are missing', rolling({ partition: 0, maxUnavailable: 2 }, parallel), '0old 1old 2!', ['delete 1']],
    ['takes broken ones for nothing with Parallel', rolling({ maxUnavailable: 1 }, parallel), '0old! 1old! 2old', ['delete 1', 'delete 0']],
    ['spares none above it that is broken with one at a time', rolling({ partition: 0 }, parallel), '0old 1old! 2', ['delete 1']],
  ])('%s', (_, set, pods, expected) => {
    expect(planOf(set, pods)).toEqual(expected)
  })
})

describe('the status of a StatefulSet', () => {
  const statusOf = (set: StatefulSet, pods: string, outdated: string[] = []) =>
    statefulSetStatus(set, {
      pods: pods.split(' ').filter(Boolean).map(pod),
      outdated: outdated.map(pod),
      current: 'old',
      update: 'new',
      collisionCount: 0,
      now,
    })

  it('counts pods by readiness and revision', () => {
    expect(statusOf(statefulSet(), '0old 1old~ 2!').status).toMatchObject({
      replicas: 3,
      readyReplicas: 2,
      availableReplicas: 2,
      currentReplicas: 1,
      updatedReplicas: 1,
      currentRevision: 'old',
      updateRevision: 'new',
    })
  })

  it('leaves out what was just deleted', () => {
    expect(statusOf(statefulSet(), '0old 1old 2old', ['2old']).status.currentReplicas).toBe(2)
  })

  it('makes the new revision current once all have it', () => {
    expect(statusOf(statefulSet(), '0 1 2').status).toMatchObject({ currentRevision: 'new', currentReplicas: 3 })
    expect(statusOf(statefulSet({ updateStrategy: { type: 'OnDelete' } }), '0 1 2').status.currentRevision).toBe('old')
  })

  it('says when the next pod becomes available', () => {
    expect(statusOf(statefulSet({ minReadySeconds: 60 }), '0 1!')).toMatchObject({ status: { availableReplicas: 0 }, after: 50_000 })
  })
})
