import { describe, expect, it } from '@jest/globals'
import type { Deployment } from '../../../api/apps/deployment.ts'
import type { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { annotatedDesired, newSetAnnotations, nextRevision, sizeAnnotations } from './revisions.ts'

const deployment = (annotations: Record<string, string> = {}) =>
  ({
    metadata: { name: 'd', annotations },
    spec: { replicas: 4, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } } },
  }) as never as Deployment
const set = (annotations: Record<string, string> = {}) => ({ metadata: { name: 's', annotations } }) as never as ReplicaSet
const revision = 'deployment.kubernetes.io/revision'
const history = 'deployment.kubernetes.io/revision-history'
const desired = 'deployment.kubernetes.io/desired-replicas'

describe('the annotations of a new ReplicaSet', () => {
  it.each([
    ['have the revision', {}, undefined, 1n, { [revision]: '1' }],
    ['keep a revision that is higher already', {}, set({ [revision]: '5' }), 3n, { [revision]: '5' }],
    ['remember the revision that it had', {}, set({ [revision]: '1' }), 3n, { [revision]: '3', [history]: '1' }],
    ['remember all of them', {}, set({ [revision]: '3', [history]: '1' }), 5n, { [revision]: '5', [history]: '1,3' }],
    ['compare numbers, not texts', {}, set({ [revision]: '9' }), 10n, { [revision]: '10', [history]: '9' }],
    ['stay as they are when the revision is no number', { team: 'a' }, set({ [revision]: 'x' }), 2n, { [revision]: 'x' }],
    ['follow those of the Deployment', { team: 'a' }, set({ [revision]: '1', team: 'b' }), 1n, { [revision]: '1', team: 'a' }],
    [
      'are the next even of very high revisions',
      {},
      undefined,
      nextRevision([set({ [revision]: '3546343826724305832' })]),
      { [revision]: '3546343826724305833' },
    ],
    [
      'are the first after what is no revision',
      {},
      undefined,
      nextRevision([set({ [revision]: '9223372036854775808' }), set()]),
      { [revision]: '1' },
    ],
    [
      "do not take over what is the Deployment's own",
      { [revision]: '7', [desired]: '9', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      undefined,
      1n,
      { [revision]: '1' },
    ],
  ])('%s', (_, annotations, current, next, expected) => {
    expect(newSetAnnotations(deployment(annotations), current, next)).toEqual(expected)
  })

  it('forget the oldest revisions when there are too many letters of them', () => {
    const long = Array.from({ length: 700 }, (_, index) => String(index + 100)).join(',')
    const { [history]: kept = '' } = newSetAnnotations(deployment(), set({ [revision]: '900', [history]: long }), 901n)
    expect(kept.length).toBeLessThanOrEqual(2000)
    expect(kept.startsWith('301,')).toBe(true)
    expect(kept.endsWith(',799,900')).toBe(true)
  })

  it('tell the size that is wanted and the most that there may be', () => {
    expect(sizeAnnotations(deployment())).toEqual({ [desired]: '4', 'deployment.kubernetes.io/max-replicas': '5' })
  })

  it.each([
    ['3', 3],
    ['three', undefined],
    ['', undefined],
  ])('mean nothing when they are no numbers: %j', (text, expected) => {
    expect(annotatedDesired(set({ [desired]: text }))).toBe(expected)
  })
})
