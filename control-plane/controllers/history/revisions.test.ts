import { describe, expect, it } from '@jest/globals'
import type { ControllerRevision } from '../../../api/apps/controller-revision.ts'
import type { PodTemplateSpec } from '../../../api/core/pod-spec.ts'
import { hashRevision, planRevision, planTruncation, revisionName, sortRevisions, templateOf, templatePatch } from './revisions.ts'

const revision = (name: string, number: number, data: object = { of: name }) =>
  ({ metadata: { name, creationTimestamp: '2026-01-01T00:00:00Z' }, revision: number, data }) as unknown as ControllerRevision
const names = (revisions: readonly ControllerRevision[]) => revisions.map(({ metadata }) => metadata.name)

describe('a history of revisions', () => {
  it('is in the order of its numbers', () => {
    expect(names(sortRevisions([revision('b', 3), revision('a', 10), revision('d', 2), revision('c', 2)]))).toEqual(['c', 'd', 'b', 'a'])
  })

  const history = [revision('a', 1), revision('b', 2), revision('c', 4)]
  it.each([
    ['begins at 1', [], { of: 'x' }, { create: { of: 'x' }, revision: 1 }],
    ['keeps the newest', history, { of: 'c' }, { keep: history[2] }],
    ['takes an older one up again', history, { of: 'a' }, { renew: history[0], revision: 5 }],
    ['goes on with what is new', history, { of: 'd' }, { create: { of: 'd' }, revision: 5 }],
  ])('%s', (_, revisions, data, expected) => {
    expect(planRevision(revisions, data)).toEqual(expected)
  })

  it.each([
    [2, [], []],
    [1, [], ['a', 'b']],
    [1, ['a'], ['b']],
    [0, ['c'], ['a', 'b']],
  ])('keeps %s old ones besides those in use (%j): %j go', (limit, live, gone) => {
    const plan = planTruncation(history, { limit, isLive: ({ metadata }) => live.includes(metadata.name as never) })
    expect(names(plan)).toEqual(limit === 2 ? ['a'] : gone)
  })

  it('remembers a template and gives it back', () => {
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [] } } as unknown as PodTemplateSpec
    const data = templatePatch(template)
    expect(data).toEqual({ spec: { template: { ...template, $patch: 'replace' } } })
    expect(templateOf(revision('a', 1, data))).toEqual(template)
  })

  it('is named by a hash that a collision changes', () => {
    expect(hashRevision({ a: 1, b: 2 }, 0)).toBe(hashRevision({ b: 2, a: 1 }, 0))
    expect(hashRevision({ a: 1 }, 0)).not.toBe(hashRevision({ a: 1 }, 1))
    expect(hashRevision({ a: 1 }, 0)).toMatch(/^[0-9a-z]{1,10}$/)
    expect(revisionName('x'.repeat(300), 'abc')).toHaveLength(227)
  })
})
