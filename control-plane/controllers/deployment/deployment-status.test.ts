import { describe, expect, it } from '@jest/globals'
import type { Deployment, DeploymentStatus } from '../../../api/apps/deployment.ts'
import type { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { findCondition } from '../../../api/conditions.ts'
import { countedStatus, rolloutStatus, stuckIn } from './deployment-status.ts'

const now = new Date('2026-01-01T01:00:00Z')
const since = '2026-01-01T00:00:00Z'
const deployment = (status: Partial<DeploymentStatus> = {}, spec: object = {}) =>
  ({
    metadata: { name: 'd', generation: 2 },
    spec: {
      replicas: 3,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      ...spec,
    },
    status,
  }) as never as Deployment
const set = (name: string, size: number, status: object = {}) =>
  ({
    metadata: { name },
    spec: { replicas: size },
    status: { replicas: size, readyReplicas: size, availableReplicas: size, terminatingReplicas: 0, ...status },
  }) as never as ReplicaSet
const progressing = (status: string, reason: string, time = since) => ({
  conditions: [{ type: 'Progressing', status, reason, message: 'm', lastUpdateTime: time, lastTransitionTime: time }],
})

describe('the condition Progressing', () => {
  const done = { replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 }
  const half = { replicas: 4, updatedReplicas: 1, readyReplicas: 4, availableReplicas: 4 }
  it.each([
    [
      'is NewReplicaSetAvailable when all is there',
      deployment(progressing('True', 'ReplicaSetUpdated')),
      [3, 0],
      'True NewReplicaSetAvailable ReplicaSet "new" has successfully progressed.',
    ],
    [
      'stays when it said so before and nothing is under way',
      deployment({ ...done, ...progressing('True', 'NewReplicaSetAvailable') }),
      [3, 0],
      'True NewReplicaSetAvailable m',
    ],
    [
      'is ReplicaSetUpdated when something has moved',
      deployment(progressing('True', 'NewReplicaSetCreated')),
      [1, 3],
      'True ReplicaSetUpdated ReplicaSet "new" is progressing.',
    ],
    [
      'is ProgressDeadlineExceeded when nothing has moved for too long',
      deployment({ ...half, ...progressing('True', 'ReplicaSetUpdated') }),
      [1, 3],
      'False ProgressDeadlineExceeded ReplicaSet "new" has timed out progressing.',
    ],
    [
      'does not time out after a rollout that was a success',
      deployment({ ...half, ...progressing('True', 'NewReplicaSetAvailable') }),
      [1, 3],
      'True NewReplicaSetAvailable m',
    ],
    [
      'is not there without a deadline',
      deployment(progressing('True', 'ReplicaSetUpdated'), { progressDeadlineSeconds: 2 ** 31 - 1 }),
      [1, 3],
      undefined,
    ],
  ])('%s', (_, wanted, [current = 0, old = 0], expected) => {
    const { conditions } = rolloutStatus(wanted, { current: set('new', current), old: [set('old', old)] }, now)
    const found = findCondition(conditions, 'Progressing')
    expect(found && `${found.status} ${found.reason} ${found.message}`).toBe(expected)
  })

  it('moves the time of its update, not that of its transition, while it progresses', () => {
    const wanted = deployment(progressing('True', 'ReplicaSetUpdated'))
    const { conditions } = rolloutStatus(wanted, { current: set('new', 1), old: [set('old', 3)] }, now)
    expect(findCondition(conditions, 'Progressing')).toMatchObject({ lastUpdateTime: '2026-01-01T01:00:00Z', lastTransitionTime: since })
  })

  it.each([
    ['ReplicaSetUpdated', '2026-01-01T00:57:00Z', 420_000],
    ['NewReplicaSetAvailable', '2026-01-01T00:57:00Z', undefined],
  ])('after %s is looked at again in time', (reason, time, expected) => {
    const wanted = deployment()
    expect(stuckIn(wanted, progressing('True', reason, time).conditions, now)).toBe(expected)
  })
})

describe('the status of a Deployment', () => {
  it('takes a failure over with its times, that of the new ReplicaSet first', () => {
    const failure = (message: string) => ({
      conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: since }],
    })
    const sets = { current: set('new', 1, failure('new')), old: [set('old', 3, failure('old'))] }
    expect(findCondition(rolloutStatus(deployment(), sets, now).conditions, 'ReplicaFailure')).toEqual({
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: 'new',
      lastUpdateTime: since,
      lastTransitionTime: since,
    })
  })

  it('counts ending pods only when every ReplicaSet does', () => {
    const counted = (more: object) =>
      countedStatus(deployment(), { current: set('new', 1, { terminatingReplicas: 1 }), old: [set('old', 3, more)] }, now)
        .terminatingReplicas
    expect([counted({ terminatingReplicas: 2 }), counted({ terminatingReplicas: undefined })]).toEqual([3, undefined])
  })

  it('never has fewer than no unavailable pods', () => {
    const status = countedStatus(deployment(), { current: set('new', 1, { availableReplicas: 4 }), old: [] }, now)
    expect(status.unavailableReplicas).toBe(0)
  })
})
