import { describe, expect, it } from '@jest/globals'
import { ChangeLog } from './change-log.ts'
import { compactionTarget, defaultRetention } from './compaction.ts'

const logOf = (length: number): ChangeLog => {
  const log = new ChangeLog()
  for (let revision = 1; revision <= length; revision++)
    log.append({ revision, key: '/a', createRevision: 1, previousRevision: revision - 1, deleted: false })
  return log
}

describe('compactionTarget', () => {
  it.each([
    ['what is old enough, however little has happened since', 10, 7, defaultRetention, 7],
    ['nothing while all of it is young', 10, 0, defaultRetention, 0],
    ['what is too much, however young', 30_000, 0, defaultRetention, 10_000],
    ['no more than leaves what is always to stay', 10, 9, { ...defaultRetention, minimum: 5 }, 5],
  ])('lets go of %s', (_, length, old, retention, expected) => {
    expect(compactionTarget(logOf(length), old, retention)).toBe(expected)
  })
})
