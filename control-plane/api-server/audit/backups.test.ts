import { describe, expect, it } from '@jest/globals'
import { backupName, expiredBackups } from './backups.ts'

const now = new Date('2026-03-10T12:00:00.000Z')
const names = [
  'audit.log',
  'audit-2026-03-10T11-00-00.000.log',
  'audit-2026-03-08T12-00-00.000.log',
  'audit-2026-03-01T12-00-00.000.log',
  'audit-notes.log',
  'other-2026-01-01T00-00-00.000.log',
]
const expired = (maxBackups: number, maxAge: number) => expiredBackups('/var/log/audit.log', names, { maxBackups, maxAge, now })

describe('backups of the audit log', () => {
  it('have the time in their names, beside the log', () => {
    expect(backupName('/var/log/audit.log', now)).toBe('/var/log/audit-2026-03-10T12-00-00.000.log')
    expect(expiredBackups('/var/log/audit', ['audit-2026-03-10T11-00-00.000'], { maxBackups: 0, maxAge: 0, now })).toEqual([])
  })
  it('are all kept unless somebody says otherwise', () => {
    expect(expired(0, 0)).toEqual([])
  })
  it('go when there are too many, the oldest first', () => {
    expect(expired(1, 0)).toEqual(['audit-2026-03-08T12-00-00.000.log', 'audit-2026-03-01T12-00-00.000.log'])
  })
  it('go when they are too old', () => {
    expect(expired(0, 3)).toEqual(['audit-2026-03-01T12-00-00.000.log'])
    expect(expired(5, 1)).toEqual(['audit-2026-03-08T12-00-00.000.log', 'audit-2026-03-01T12-00-00.000.log'])
  })
})
